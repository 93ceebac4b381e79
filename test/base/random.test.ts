import test from "ava";
import fc from "fast-check";
import { seededRandom } from "../../src/base/random.js";

/** sfc32 as published, in unbounded integers. */
function* sfc32(seed: number): Generator<number, never> {
  const cut = (value: bigint) => value & 0xffffffffn;
  let a = cut(BigInt(seed));
  let b = cut(BigInt(seed) >> 32n);
  let c = 0x9e3779b9n;
  let counter = 1n;
  for (let round = 0; ; round++) {
    const sum = cut(a + b + counter);
    counter = cut(counter + 1n);
    a = b ^ (b >> 9n);
    b = cut(c + (c << 3n));
    c = cut(cut((c << 21n) | (c >> 11n)) + sum);
    if (round >= 12) yield Number(sum);
  }
}

test("the stream of a seed is that of sfc32, on every machine and in every version", (t) => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (seed) => {
      const random = seededRandom(seed);
      const reference = sfc32(seed);
      for (let at = 0; at < 50; at++) t.is(random.uint32(), reference.next().value);
    }),
    { numRuns: 100 },
  );
});

test("seeds that differ in any bit give different streams", (t) => {
  const seeds = [0, ...Array.from({ length: 53 }, (_, bit) => 2 ** bit)];
  const streams = seeds.map((seed) => {
    const random = seededRandom(seed);
    return `${random.uint32()} ${random.uint32()}`;
  });
  t.is(new Set(streams).size, seeds.length);
});

test("below stays below its bound and comes to every number", (t) => {
  const random = seededRandom(1);
  for (const bound of [1, 2, 3, 10]) {
    const counts = new Array<number>(bound).fill(0);
    for (let at = 0; at < 1000 * bound; at++) {
      const number = random.below(bound);
      counts[number] = (counts[number] as number) + 1;
    }
    t.is(counts.length, bound);
    for (const count of counts) t.true(count > 850 && count < 1150, `${bound}: ${counts}`);
  }
  t.true(random.below(2 ** 32) < 2 ** 32);
});
