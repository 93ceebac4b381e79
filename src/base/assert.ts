/**
 * Assertions on what this program itself controls. They are always on, and nobody
 * catches them: a broken invariant ends the process before it can spread.
 * What arrives from outside is validated with coded errors instead.
 */

/** A broken invariant: a bug in kvraft, never the fault of a peer, a client or a disk. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** Throws {@link AssertionError} unless `condition` holds. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Ends a switch over a union: does not compile while a case is missing. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${String(value)}`);
}
