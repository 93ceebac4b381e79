/** Where a thin client puts together what leaves with the next write: one piece of memory for hundreds of requests. */

const SLAB_BYTES = 256 * 1024;

export class Outbox {
  /** Write at {@link at} and move that on, after having reserved the room. */
  bytes: Buffer = Buffer.allocUnsafeSlow(SLAB_BYTES);
  at = 0;
  #from = 0;

  /** Makes room for `length` bytes at {@link at}. */
  reserve(length: number): void {
    if (this.at + length <= this.bytes.length) return;
    // What was taken may still be read from: it is left to the garbage collector.
    const begun = this.bytes.subarray(this.#from, this.at);
    this.bytes = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, begun.length + length));
    this.bytes.set(begun);
    this.#from = 0;
    this.at = begun.length;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** Everything since the last time, which is not written to any more; null: nothing. */
  take(): Uint8Array | null {
    if (this.at === this.#from) return null;
    const taken = this.bytes.subarray(this.#from, this.at);
    this.#from = this.at;
    return taken;
  }
}
