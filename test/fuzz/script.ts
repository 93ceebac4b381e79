/**
 * A course of events as bytes: what stands in the inputs of targets that have state. Any bytes are some course of
 * events, so that a mutated input is one too.
 */
import type { Draw } from "./draw.js";
import { joined } from "./mutate.js";

export interface Step {
  /** Its meaning is the target's. */
  readonly kind: number;
  readonly data: Uint8Array;
}

const STEP_HEADER_BYTES = 3;
const STEP_BYTES_MAX = 0xffff;

/** `start` says where the course begins. */
export function encodeScript(start: number, steps: readonly Step[]): Uint8Array {
  const pieces = steps.flatMap(({ kind, data }) => {
    const kept = data.subarray(0, STEP_BYTES_MAX);
    return [Uint8Array.of(kind, kept.length & 0xff, kept.length >> 8), kept];
  });
  return joined(Uint8Array.of(start), ...pieces);
}

export function decodeScript(input: Uint8Array): { readonly start: number; readonly steps: Step[] } {
  const steps: Step[] = [];
  for (let at = 1; at + STEP_HEADER_BYTES <= input.length; ) {
    const [kind = 0, low = 0, high = 0] = input.subarray(at, at + STEP_HEADER_BYTES);
    const end = at + STEP_HEADER_BYTES + low + high * 256;
    steps.push({ kind, data: input.subarray(at + STEP_HEADER_BYTES, end) });
    at = end;
  }
  return { start: input[0] ?? 0, steps };
}

/** Between one and `most` steps. */
export function drawSteps(draw: Draw, most: number, one: () => Step): Step[] {
  return Array.from({ length: 1 + draw.below(most) }, one);
}
