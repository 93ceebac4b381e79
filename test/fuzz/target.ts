/**
 * What a fuzz target is: something that makes inputs, and something that judges them. An input is plain bytes and
 * decides everything that its judgement depends on, so that the bytes alone are the regression case.
 */
import type { Draw } from "./draw.js";

export interface Target {
  readonly name: string;
  /** Its part of a run's cases, in relation to the others'. */
  readonly share: number;
  /** One input. Equal draws give equal bytes. */
  make(draw: Draw): Uint8Array;
  /** Throws, or rejects, where the input shows a fault. */
  judge(input: Uint8Array): Promise<void> | void;
}

/** What a judgement rests on that the code under test does not say itself. */
export class Fault extends Error {
  override readonly name = "Fault";
}

export function hold(condition: boolean, fault: () => string): asserts condition {
  if (!condition) throw new Fault(fault());
}
