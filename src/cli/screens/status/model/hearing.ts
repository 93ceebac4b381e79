/** Who hears whom, as each member tells it of the others: a cut that lets messages through one way only shows as one. Pure. */
import { answerOf } from "../../../../clerk/observer.js";
import { isHeard } from "../../../hearing.js";
import type { MemberView } from "./cluster-view.js";

export type Hearing =
  | { readonly kind: "self" }
  | { readonly kind: "hears" }
  /** Not for so long; null: never. */
  | { readonly kind: "deaf"; readonly forMs: number | null }
  /** Whoever could tell does not answer. */
  | { readonly kind: "unknown" };

export interface HearingRow {
  readonly name: string;
  /** In the order of the members. */
  readonly cells: readonly Hearing[];
}

export function whoHearsWhom(members: readonly MemberView[]): readonly HearingRow[] {
  return members.map((hearer) => ({
    name: hearer.name,
    cells: members.map((heard) => (heard === hearer ? { kind: "self" } : hearing(hearer, heard))),
  }));
}

function hearing(hearer: MemberView, heard: MemberView): Hearing {
  const peer = answerOf(hearer.observation)?.peers.find(({ id }) => id === heard.name);
  if (peer === undefined) return { kind: "unknown" };
  return isHeard(peer) ? { kind: "hears" } : { kind: "deaf", forMs: peer.heardMs };
}

export interface OneWayCut {
  /** Does not hear `from`, who hears it. */
  readonly deaf: string;
  readonly from: string;
}

export function oneWayCuts(rows: readonly HearingRow[]): readonly OneWayCut[] {
  return rows.flatMap((row, at) =>
    rows.flatMap((other, from) => {
      const isCut = row.cells[from]?.kind === "deaf" && other.cells[at]?.kind === "hears";
      return isCut ? [{ deaf: row.name, from: other.name }] : [];
    }),
  );
}
