/**
 * The one source of randomness of the pure floors: a seeded generator, so that one
 * seed decides a whole run. Daemons seed it from the operating system's entropy.
 */

/** A deterministic stream of numbers. Equal seeds give equal streams on every machine. */
export interface Random {
  /** A whole number in [0, 2³²). */
  uint32(): number;
  /** A whole number in [0, bound); `bound` in [1, 2³²]. */
  below(bound: number): number;
}

/** sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, period at least 2³². */
export function seededRandom(seed: number): Random {
  let a = seed | 0;
  let b = Math.floor(seed / 2 ** 32) | 0;
  let c = 0x9e3779b9 | 0;
  let counter = 1;
  const uint32 = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round++) uint32();
  // The bias of scaling 32 bits is below bound / 2³²: far from what timeouts could notice.
  return { uint32, below: (bound) => Math.floor((uint32() / 2 ** 32) * bound) };
}
