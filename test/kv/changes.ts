/** Changes of keys and what is kept of them, for tests. */
import fc from "fast-check";
import { afterPut, type Change, type KeyMetadata, UNKNOWN_METADATA } from "../../src/kv/key-metadata.js";

/** Where it does not matter which. */
export const CHANGE: Change = { index: 1, term: 1, seconds: 5, clientId: "client-a", sequence: 1 };
export const METADATA: KeyMetadata = afterPut(null, CHANGE);

const anyNumber = (max: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.nat({ max: Math.min(max, 1000) }),
    fc.maxSafeNat().map((value) => value % (max + 1)),
    fc.constantFrom(0, 255, 2 ** 24, 2 ** 31, 2 ** 32 - 2, max).map((value) => Math.min(value, max)),
  );
const safe = anyNumber(Number.MAX_SAFE_INTEGER);
const seconds = anyNumber(2 ** 32 - 1);

export const keyMetadata: fc.Arbitrary<KeyMetadata> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(UNKNOWN_METADATA) },
  {
    weight: 9,
    arbitrary: fc.record({
      createdIndex: safe,
      createdSeconds: seconds,
      changedIndex: safe.map((index) => Math.max(1, index)),
      changedSeconds: seconds,
      clientId: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((id) => Buffer.from(id).toString("latin1")),
      sequence: safe,
      appends: fc.oneof(fc.constant(null), anyNumber(2 ** 32 - 2)),
    }),
  },
);
