/** How far a long transfer has got. */
import { ProgressLine, type ProgressSink } from "../progress-line.js";

export class Progress {
  pairs = 0;
  bytes = 0;
  readonly #line: ProgressLine;

  constructor(sink: ProgressSink, nowMs?: () => number) {
    this.#line = new ProgressLine(sink, nowMs);
  }

  add(bytes: number): void {
    this.pairs++;
    this.bytes += bytes;
    this.#line.update((seconds) => {
      const rate = Math.round(this.pairs / seconds);
      return `${this.pairs} pairs, ${mebibytes(this.bytes)} MiB, ${rate} a second`;
    });
  }

  /** Clears the line. */
  end(): void {
    this.#line.end();
  }
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
