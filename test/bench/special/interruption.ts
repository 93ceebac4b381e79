/**
 * How long nobody's put succeeds when the leader is taken away: the longest time between two successes of any of the clients,
 * from the last one before the signal on.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { BenchCluster } from "../system.js";
import { type Writer, writerFor } from "./writers.js";

export interface Interruption {
  readonly gapMs: number;
  /** When the gap began, after the signal; negative: it had begun before. */
  readonly fromMs: number;
  /** The longest time that one client went without a success. */
  readonly clientGapMs: number;
}

const WRITERS = 8;
const STEADY_MS = 2000;
const AFTERWARDS_MS = 1000;
const PATIENCE_MS = 30_000;
const GLANCE_MS = 20;

/** The leader is started again, and serves when this resolves. */
export async function interrupt(cluster: BenchCluster, signal: NodeJS.Signals): Promise<Interruption> {
  const endpoints = cluster.members.map(({ client }) => client);
  const meter = new GapMeter(WRITERS);
  const writers = Array.from({ length: WRITERS }, () => writerFor(cluster.system, endpoints));
  let stopped = false;
  const loops = writers.map((writer, at) => keepWriting(writer, at, { meter, isOver: () => stopped }));
  await pause(STEADY_MS);
  const leader = await cluster.leader();
  meter.signal();
  const gone = leader.end(signal);
  await meter.untilAllSucceeded();
  await gone;
  await pause(AFTERWARDS_MS);
  stopped = true;
  await Promise.all(loops);
  await Promise.all(writers.map((writer) => writer.close()));
  await leader.start();
  await leader.serving();
  return meter.result();
}

async function keepWriting(
  writer: Writer,
  at: number,
  { meter, isOver }: { readonly meter: GapMeter; readonly isOver: () => boolean },
): Promise<void> {
  for (let key = at; !isOver(); key += WRITERS) {
    await writer.put(key % 1000).then(
      () => meter.success(at),
      () => {}, // It goes on with the next.
    );
  }
}

class GapMeter {
  readonly #lastMs: number[];
  #lastOfAnyMs = performance.now();
  #signalMs = Number.POSITIVE_INFINITY;
  #gap = { gapMs: 0, fromMs: 0 };
  #clientGapMs = 0;
  readonly #succeeded = new Set<number>();

  constructor(writers: number) {
    this.#lastMs = new Array(writers).fill(performance.now());
  }

  signal(): void {
    this.#signalMs = performance.now();
  }

  success(writer: number): void {
    const now = performance.now();
    if (now >= this.#signalMs) {
      const gapMs = now - this.#lastOfAnyMs;
      if (gapMs > this.#gap.gapMs) this.#gap = { gapMs, fromMs: this.#lastOfAnyMs - this.#signalMs };
      this.#clientGapMs = Math.max(this.#clientGapMs, now - (this.#lastMs[writer] ?? now));
      this.#succeeded.add(writer);
    }
    this.#lastOfAnyMs = now;
    this.#lastMs[writer] = now;
  }

  /** Resolves when every client has had a put succeed since the signal. */
  async untilAllSucceeded(): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while (this.#succeeded.size < this.#lastMs.length) {
      if (performance.now() > end) throw new Error(`no put succeeds within ${PATIENCE_MS} ms`);
      await pause(GLANCE_MS);
    }
  }

  result(): Interruption {
    return { ...this.#gap, clientGapMs: this.#clientGapMs };
  }
}
