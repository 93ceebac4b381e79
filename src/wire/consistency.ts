/** How a read is to see the state, as numbers on the wire. */
import type { Consistency } from "./client-message.js";
import type { kvraft } from "./generated/client.js";

const LINEARIZABLE = 0 satisfies kvraft.Consistency.LINEARIZABLE;
const STALE = 1 satisfies kvraft.Consistency.STALE;
/** Stands for all that are not known. */
const UNKNOWN = 2;

export function consistencyToNumber(consistency: Consistency): number {
  if (consistency === "linearizable") return LINEARIZABLE;
  return consistency === "stale" ? STALE : UNKNOWN;
}

export function consistencyFromNumber(number: number): Consistency {
  if (number === LINEARIZABLE) return "linearizable";
  return number === STALE ? "stale" : "unknown";
}
