/**
 * Notices a case that never ends, which nobody on its own thread could: another thread looks now and then
 * whether the number of the case has changed, and if not for long, names it and ends the process.
 */
import { writeSync } from "node:fs";
import { isMainThread, Worker, workerData } from "node:worker_threads";

/** Far more than any case takes, on however busy a machine. */
const STUCK_MS = 60_000;

/** Where the fuzzer is, for another thread to read. */
export class Watchdog {
  readonly #cases = new Int32Array(new SharedArrayBuffer(4));
  #worker: Worker | null = null;

  /** `replay` is the command for a case, but for its number. */
  watch(replay: string): void {
    this.stop();
    this.#worker = new Worker(import.meta.filename, { workerData: { cases: this.#cases, replay } });
    this.#worker.unref();
  }

  begins(number: number): void {
    Atomics.store(this.#cases, 0, number);
  }

  stop(): void {
    void this.#worker?.terminate();
    this.#worker = null;
  }
}

if (!isMainThread) {
  const { cases, replay } = workerData as { readonly cases: Int32Array; readonly replay: string };
  let last = -1;
  setInterval(() => {
    const now = Atomics.load(cases, 0);
    if (now === last) {
      writeSync(1, `FAULT: a case does not end\nreplay: ${replay} --case ${now}\n`);
      process.kill(process.pid, "SIGKILL");
    }
    last = now;
  }, STUCK_MS);
}
