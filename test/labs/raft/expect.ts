/** What a scenario asks of the servers, in words that say what was asked. */
import { assert } from "../../../src/base/assert.js";

/** Fails the scenario with "expected `what`" unless `condition` holds. */
export function expect(condition: boolean, what: string): asserts condition {
  assert(condition, `expected ${what}`);
}

/** A figure of the suite; both bounds are allowed. */
export function expectFigure(
  what: string,
  counted: number,
  { atMost, atLeast = 0 }: { readonly atMost: number; readonly atLeast?: number },
): void {
  expect(counted >= atLeast && counted <= atMost, `${atLeast} to ${atMost} ${what}, and counted ${counted}`);
}
