/** What the library tells of a key, in its own terms. */
import type { KeyExplanation, Moment } from "../kv/explanation.js";
import { fromByteString } from "../wire/bytes.js";

/** What the members keep of a key beside its value. */
export interface Explanation {
  /** Of the value. */
  readonly sizeBytes: number;
  /** Null: not known, since the key is older than what the members keep of keys. */
  readonly created: PastWrite | null;
  /** By the last put or append, the one that created the key too; null: not known, as above. */
  readonly changed: LastWrite | null;
  /** Appends since the last put, the one that created the key among them; null: not known, as above. */
  readonly appends: number | null;
}

export interface PastWrite {
  /** Where in the log. */
  readonly index: number;
  readonly term: number;
  /**
   * Milliseconds since 1970 by the cluster's own clock: within ten seconds of when a leader took the write, by that leader's clock, and
   * never before that of an earlier write. Null: not known.
   */
  readonly timeMs: number | null;
}

export interface LastWrite extends PastWrite {
  /** Id of the session's client: 16 hexadecimal digits, drawn anew by each Clerk. */
  readonly client: string;
  /** Which write of its session. */
  readonly sequence: number;
}

export function toExplanation(explanation: KeyExplanation): Explanation {
  const { sizeBytes, created, changed, clientId, sequence, appends } = explanation;
  const client = Buffer.from(fromByteString(clientId)).toString("hex");
  return {
    sizeBytes,
    created: created === null ? null : toPastWrite(created),
    changed: changed === null ? null : { ...toPastWrite(changed), client, sequence },
    appends,
  };
}

function toPastWrite({ index, term, seconds }: Moment): PastWrite {
  return { index, term, timeMs: seconds === 0 ? null : seconds * 1000 };
}
