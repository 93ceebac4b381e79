/** How far a long transfer has got, for a person who watches: one line on stderr that is written over, from half a second on. */
export interface ProgressSink {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const PATIENCE_MS = 500;
const INTERVAL_MS = 200;

export class Progress {
  pairs = 0;
  bytes = 0;
  readonly #sink: ProgressSink;
  readonly #nowMs: () => number;
  readonly #startMs: number;
  #nextMs: number;
  #shown = false;

  constructor(sink: ProgressSink, nowMs: () => number = () => performance.now()) {
    this.#sink = sink;
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
    this.#nextMs = this.#startMs + PATIENCE_MS;
  }

  add(bytes: number): void {
    this.pairs++;
    this.bytes += bytes;
    const nowMs = this.#nowMs();
    if (this.#sink.isTTY !== true || nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + INTERVAL_MS;
    this.#shown = true;
    const seconds = (nowMs - this.#startMs) / 1000;
    const rate = Math.round(this.pairs / seconds);
    this.#sink.write(`\r\x1b[K${this.pairs} pairs, ${mebibytes(this.bytes)} MiB, ${rate} a second`);
  }

  /** Clears the line. */
  end(): void {
    if (this.#shown) this.#sink.write("\r\x1b[K");
  }
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
