/**
 * Writes a file from its beginning on, gathering small pieces into writes of moderate size: large enough to
 * be few, small enough that the log's own writes, which share the disk, wait for none of them long. One
 * operation at a time, in the order of the calls.
 */
import { type DiskFile, writeDurably } from "./disk.js";

const WRITE_BYTES = 512 * 1024;

export class SequentialWriter {
  readonly #file: DiskFile;
  readonly #memory = new Uint8Array(WRITE_BYTES);
  #gathered = 0;
  #offset = 0;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(file: DiskFile) {
    this.#file = file;
  }

  /** Of everything written so far. */
  get sizeBytes(): number {
    return this.#offset + this.#gathered;
  }

  /** The caller keeps `pieces` as they are until this resolves. */
  write(...pieces: readonly Uint8Array[]): Promise<void> {
    return this.#inOrder(async () => {
      for (const piece of pieces) await this.#append(piece);
    });
  }

  /** Everything written is durable, and the file closed. */
  finish(): Promise<void> {
    return this.#inOrder(async () => {
      await this.#flush();
      await this.#file.sync();
      this.#closed = true;
      await this.#file.close();
    });
  }

  /** Closes the file as it is, after the operation under way. */
  abandon(): Promise<void> {
    const close = async (): Promise<void> => {
      if (this.#closed) return;
      this.#closed = true;
      await this.#file.close();
    };
    return this.#last.then(close, close);
  }

  #inOrder(operation: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(operation);
    return this.#last;
  }

  async #append(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + WRITE_BYTES - this.#gathered);
      this.#memory.set(part, this.#gathered);
      this.#gathered += part.length;
      at += part.length;
      if (this.#gathered === WRITE_BYTES) await this.#flush();
    }
  }

  async #flush(): Promise<void> {
    if (this.#gathered === 0) return;
    await writeDurably(this.#file, this.#memory.subarray(0, this.#gathered), this.#offset);
    this.#offset += this.#gathered;
    this.#gathered = 0;
  }
}
