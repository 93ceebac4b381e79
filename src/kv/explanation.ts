/** What is told of a key beside its value. */
import type { ClientId, LogPosition } from "./command.js";
import type { KeyMetadata } from "./key-metadata.js";
import { termAt } from "./terms.js";

/** A write of the past. */
export interface Moment extends LogPosition {
  /** By the logged clock, which stands up to ten seconds behind; whole seconds since 1970, rounded up. 0: not known. */
  readonly seconds: number;
}

export interface KeyExplanation {
  /** Of the value. */
  readonly sizeBytes: number;
  /** Null: not known, since the key is older than what members keep of keys. */
  readonly created: Moment | null;
  /** The last put or append, the one that created the key too; null: not known, and then neither who made it. */
  readonly changed: Moment | null;
  /** Who made that change, as which operation of its session; empty and 0 where that is not known. */
  readonly clientId: ClientId;
  readonly sequence: number;
  /** Appends since the last put, the one that created the key among them; null: not known. */
  readonly appends: number | null;
}

export function explanation(
  sizeBytes: number,
  metadata: KeyMetadata,
  termStarts: readonly LogPosition[],
): KeyExplanation {
  const { createdIndex, createdSeconds, changedIndex, changedSeconds } = metadata;
  const { clientId, sequence, appends } = metadata;
  const moment = (index: number, seconds: number): Moment | null =>
    index === 0 ? null : { index, term: termAt(termStarts, index), seconds };
  return {
    sizeBytes,
    created: moment(createdIndex, createdSeconds),
    changed: moment(changedIndex, changedSeconds),
    clientId,
    sequence,
    appends,
  };
}
