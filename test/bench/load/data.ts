/** The keys and values of all loads: 16-byte keys by number, and values cut from a pool of printable bytes. */

export const KEY_BYTES = 16;

const KEY_PREFIX = Buffer.from("key");
const ZERO = 48;
const POOL_BYTES = 1024 * 1024;

/** "key" and thirteen digits. */
export function writeKey(target: Uint8Array, at: number, key: number): void {
  target[at] = KEY_PREFIX[0] as number;
  target[at + 1] = KEY_PREFIX[1] as number;
  target[at + 2] = KEY_PREFIX[2] as number;
  let rest = key | 0;
  for (let digit = at + KEY_BYTES - 1; digit > at + 2; digit--) {
    const tenth = (rest / 10) | 0;
    target[digit] = ZERO + rest - 10 * tenth;
    rest = tenth;
  }
}

export function keyText(key: number): string {
  const bytes = Buffer.alloc(KEY_BYTES);
  writeKey(bytes, 0, key);
  return bytes.toString("latin1");
}

/** Marsaglia's xorshift: the same numbers for both systems, at the cost of three shifts each. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) % limit;
  }
}

/** Printable bytes of no pattern; a value may begin at any of the first {@link valueStarts}. */
export function valuePool(valueBytes: number): Uint8Array {
  const dice = new Dice(42);
  const pool = new Uint8Array(Math.max(POOL_BYTES, 2 * valueBytes));
  for (let at = 0; at < pool.length; at++) pool[at] = 33 + dice.below(90);
  return pool;
}

export function valueStarts(pool: Uint8Array, valueBytes: number): number {
  return pool.length - valueBytes;
}
