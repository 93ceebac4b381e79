/**
 * Entries that have left memory before a snapshot covers them: how many bytes they have, which says when the next
 * snapshot is due. They leave in batches, and where a snapshot ends within one, its bytes are shared out evenly.
 */
import { assert } from "../base/assert.js";

interface Batch {
  readonly lastIndex: number;
  readonly bytes: number;
}

export class DroppedEntries {
  /** Ascending; each begins after the one before it. */
  #batches: Batch[] = [];
  /** The first batch begins after it. */
  #coveredIndex: number;

  constructor(coveredIndex: number) {
    this.#coveredIndex = coveredIndex;
  }

  /** The entries up to `lastIndex`, which follow what was dropped last, with so many bytes in all. */
  add(batch: Batch): void {
    assert(
      batch.lastIndex > (this.#batches.at(-1)?.lastIndex ?? this.#coveredIndex),
      "batches follow each other",
    );
    this.#batches.push(batch);
  }

  /** A snapshot covers everything up to `index`. Answers the bytes of the dropped entries that it covers. */
  coverTo(index: number): number {
    let covered = 0;
    for (let batch = this.#batches[0]; batch !== undefined; batch = this.#batches[0]) {
      const share = Math.min(1, (index - this.#coveredIndex) / (batch.lastIndex - this.#coveredIndex));
      const bytes = Math.round(batch.bytes * share);
      covered += bytes;
      if (share < 1) {
        this.#batches[0] = { lastIndex: batch.lastIndex, bytes: batch.bytes - bytes };
        break;
      }
      this.#coveredIndex = batch.lastIndex;
      this.#batches.shift();
    }
    this.#coveredIndex = index;
    return covered;
  }
}
