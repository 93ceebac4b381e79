/** Judges a history piece by piece, so that the process hears signals meanwhile. */
import { setImmediate as otherThings } from "node:timers/promises";
import { checkInSlices } from "../../lin/checker.js";
import type { Operation } from "../../lin/operation.js";
import type { Verdict } from "../../lin/verdict.js";

/** `isOver`: asked again and again; true ends it, undecided unless the verdict is found. */
export async function judge(
  history: readonly Operation[],
  { isOver, onSlice }: { readonly isOver: () => boolean; readonly onSlice: () => void },
): Promise<Verdict> {
  const check = checkInSlices(history, { stepsMax: Number.POSITIVE_INFINITY, isOver });
  for (;;) {
    const slice = check.next();
    if (slice.done) return slice.value;
    onSlice();
    await otherThings();
  }
}
