/**
 * Copies of bytes that outlive the call that brought them: commands on their way into the log.
 * Node serves small buffers from a pool that passing traffic shares, so that one kept command of 100 bytes
 * could hold 8 KiB of memory for as long as the log keeps it. Here the kept bytes
 * lie in slabs of their own, in the order in which they came, which is the order in which the log drops them.
 */

const SLAB_BYTES = 64 * 1024;
/** Larger pieces get memory of their own: a slab is never left with more than a quarter unused. */
const SHARED_BYTES_MAX = SLAB_BYTES / 4;

export class Retainer {
  #slab: Buffer = Buffer.alloc(0);
  #used = 0;

  /** The bytes in memory that nobody else writes. */
  keep(bytes: Uint8Array): Uint8Array {
    const length = bytes.length;
    if (length > SHARED_BYTES_MAX) {
      const own = Buffer.allocUnsafeSlow(length);
      own.set(bytes);
      return own;
    }
    if (this.#used + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#used = 0;
    }
    const copy = this.#slab.subarray(this.#used, this.#used + length);
    copy.set(bytes);
    this.#used += length;
    return copy;
  }
}
