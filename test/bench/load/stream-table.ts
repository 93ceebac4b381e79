/**
 * Which worker waits for which stream of a connection. Streams are numbered in order and each worker has one at a time, so
 * a ring of the last few thousand numbers finds the worker without a hash table.
 */

export const NOBODY = -1;

const RING = 4096;
/** At ten thousand requests a second a connection reaches it after a day: it is lost then, and the row with it. */
const STREAM_MAX = 2 ** 31 - 1 - 2 * RING;

export class StreamTable {
  #next = 1;
  readonly #workers = new Int32Array(RING).fill(NOBODY);
  /** By worker. */
  readonly #streams: Int32Array;

  constructor(workers: number) {
    if (workers > RING / 2) throw new Error(`${workers} workers are too many for one connection`);
    this.#streams = new Int32Array(workers).fill(NOBODY);
  }

  /** The number of the worker's new stream. */
  open(worker: number): number {
    // A number is left out where somebody still waits for the one a whole ring ago.
    while (this.#workers[place(this.#next)] !== NOBODY) this.#next += 2;
    const stream = this.#next;
    if (stream > STREAM_MAX) throw new Error("HTTP/2: the connection has had all its streams");
    this.#next += 2;
    this.#workers[place(stream)] = worker;
    this.#streams[worker] = stream;
    return stream;
  }

  /** {@link NOBODY} of a stream that is closed. */
  workerOf(stream: number): number {
    const worker = this.#workers[place(stream)] as number;
    return worker !== NOBODY && this.#streams[worker] === stream ? worker : NOBODY;
  }

  /** Whose stream it was. */
  close(stream: number): number {
    const worker = this.workerOf(stream);
    if (worker !== NOBODY) this.#workers[place(stream)] = NOBODY;
    return worker;
  }
}

function place(stream: number): number {
  return (stream >>> 1) % RING;
}
