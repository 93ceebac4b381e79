/** How far something long has got, for a person who watches: one line on stderr that is written over, from half a second on. */
export interface ProgressSink {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const PATIENCE_MS = 500;
const INTERVAL_MS = 200;

export class ProgressLine {
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

  /** Shows what `describe` says after so many seconds, where it is time to. */
  update(describe: (seconds: number) => string): void {
    const nowMs = this.#nowMs();
    if (this.#sink.isTTY !== true || nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + INTERVAL_MS;
    this.#shown = true;
    this.#sink.write(`\r\x1b[K${describe((nowMs - this.#startMs) / 1000)}`);
  }

  /** Clears the line. */
  end(): void {
    if (this.#shown) this.#sink.write("\r\x1b[K");
    this.#shown = false;
  }
}

/** `part`: 0 to 1. */
export function progressBar(part: number): string {
  const filled = Math.floor(part * BAR_WIDTH);
  return `[${"#".repeat(filled)}${" ".repeat(BAR_WIDTH - filled)}] ${Math.floor(part * 100)} %`;
}

const BAR_WIDTH = 30;
