/**
 * How much of the log is on disk while writes are asynchronous. Two marks split it:
 *
 *     … durableIndex | under way … writingIndex | not handed out yet … lastIndex
 *
 * A truncation lowers both. A write that comes back after part of it was truncated and
 * rewritten therefore vouches only for what has stayed (PITFALLS 13).
 */
import { assert } from "../base/assert.js";

export class WriteMarks {
  #durableIndex: number;
  #writingIndex: number;
  #writing = false;

  constructor(durableIndex: number) {
    this.#durableIndex = durableIndex;
    this.#writingIndex = durableIndex;
  }

  /** Everything up to here is on disk as it stands in memory. */
  get durableIndex(): number {
    return this.#durableIndex;
  }

  /** Everything up to here is on disk or on its way. Equals `durableIndex` while no write is under way. */
  get writingIndex(): number {
    return this.#writingIndex;
  }

  get writing(): boolean {
    return this.#writing;
  }

  /** A write begins that takes the log on disk up to `lastIndex`. */
  begin(lastIndex: number): void {
    assert(!this.#writing, "one write at a time");
    assert(lastIndex >= this.#writingIndex, "a write never ends before what is already written");
    this.#writing = true;
    this.#writingIndex = lastIndex;
  }

  /** The write that was begun is durable. */
  end(): void {
    assert(this.#writing, "no write is under way");
    this.#writing = false;
    this.#durableIndex = this.#writingIndex;
  }

  /** The entries from `index` on are no longer the log's. */
  truncateFrom(index: number): void {
    this.#durableIndex = Math.min(this.#durableIndex, index - 1);
    this.#writingIndex = Math.min(this.#writingIndex, index - 1);
  }

  /** A durable snapshot stands for everything up to `index`. */
  coverTo(index: number): void {
    this.#durableIndex = Math.max(this.#durableIndex, index);
    this.#writingIndex = Math.max(this.#writingIndex, index);
  }
}
