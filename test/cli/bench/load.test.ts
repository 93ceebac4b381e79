import test from "ava";
import { ClerkError } from "../../../src/clerk/clerk-error.js";
import { type Clock, Load, type LoadOptions } from "../../../src/cli/bench/load.js";
import { Measurements } from "../../../src/cli/bench/measurements.js";

/** Time that passes when everybody waits for it. */
class VirtualClock implements Clock {
  #nowMs = 0;
  readonly #sleepers: { atMs: number; readonly wake: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((wake) => {
      const sleeper = { atMs: this.#nowMs + ms, wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener("abort", () => {
        sleeper.atMs = 0;
      });
    });
  }

  async runUntil(done: Promise<void>): Promise<void> {
    let isDone = false;
    const end = () => {
      isDone = true;
    };
    done.then(end, end);
    while (!isDone) {
      await new Promise((resolve) => setImmediate(resolve));
      this.#sleepers.sort((left, right) => left.atMs - right.atMs);
      const next = this.#sleepers.shift();
      this.#nowMs = Math.max(this.#nowMs, next?.atMs ?? 0);
      next?.wake();
    }
    await done;
  }
}

interface Run {
  readonly plan: Partial<LoadOptions["plan"]>;
  /** Of the operation that is begun at that time. */
  readonly takesMs: (nowMs: number) => number;
  readonly signal?: AbortSignal;
  readonly onMiddle?: () => void;
  readonly onOperation?: (nowMs: number) => void;
}

async function run({
  plan,
  takesMs,
  signal = new AbortController().signal,
  onMiddle = () => {},
  onOperation,
}: Run) {
  const clock = new VirtualClock();
  const measurements = new Measurements(0);
  const load = new Load({
    plan: {
      clients: 1,
      durationMs: Number.POSITIVE_INFINITY,
      total: Number.POSITIVE_INFINITY,
      ratePerSecond: null,
      ...plan,
    },
    clock,
    measurements,
    perform: async () => {
      onOperation?.(clock.nowMs());
      await clock.sleep(takesMs(clock.nowMs()));
      return "put";
    },
    onMiddle,
    signal,
  });
  await clock.runUntil(load.run());
  const measured = measurements.end(clock.nowMs());
  return { measured, unsent: load.unsent, latencies: measured.latencies.get("put") };
}

test("a closed loop: each client sends when it has its answer, until the time is over", async (t) => {
  const { measured, latencies } = await run({ plan: { clients: 4, durationMs: 1000 }, takesMs: () => 10 });
  t.is(measured.operations, 400);
  t.is(measured.elapsedMs, 1000);
  t.is(latencies?.max, 10);
});

test("as many operations as are wanted, and not one more", async (t) => {
  t.is((await run({ plan: { clients: 7, total: 100 }, takesMs: () => 1 })).measured.operations, 100);
  t.is((await run({ plan: { clients: 7, total: 3 }, takesMs: () => 1 })).measured.operations, 3);
});

test("what was begun in time is waited for, and counts", async (t) => {
  const { measured, latencies } = await run({ plan: { durationMs: 100 }, takesMs: () => 5000 });
  t.is(measured.operations, 1);
  t.is(measured.elapsedMs, 5000);
  t.is(latencies?.max, 5000);
});

test("an open loop sends at its rate, whatever the answers take", async (t) => {
  const sent: number[] = [];
  const { measured, unsent, latencies } = await run({
    plan: { clients: 10, durationMs: 1000, ratePerSecond: 100 },
    takesMs: () => 25,
    onOperation: (nowMs) => sent.push(nowMs),
  });
  t.deepEqual(
    sent,
    Array.from({ length: 100 }, (_, at) => at * 10),
  );
  t.is(measured.operations, 100);
  t.is(unsent, 0);
  t.is(latencies?.max, 25);
});

test("coordinated omission: what a stall kept waiting counts from when it was due", async (t) => {
  const stall = (nowMs: number) => (nowMs === 500 ? 400 : 1);
  const plan = { durationMs: 2000, clients: 1 };
  const open = await run({ plan: { ...plan, ratePerSecond: 100 }, takesMs: stall });
  t.is(open.measured.operations, 200);
  // Forty requests were due while it lasted; in a closed loop one of two thousand sees it.
  t.true((open.latencies?.p95 ?? 0) > 150, `${open.latencies?.p95}`);
  const closed = await run({ plan, takesMs: stall });
  t.true((closed.latencies?.p99 ?? 0) < 2, `${closed.latencies?.p99}`);
});

test("requests that nobody was free to send are not forgotten", async (t) => {
  const plan = { clients: 1, durationMs: 1000, ratePerSecond: 100 };
  const { measured, unsent } = await run({ plan, takesMs: () => 100 });
  t.is(measured.operations, 10);
  t.is(unsent, 90);
});

test("when it is told to end nothing more is begun, and whoever waits for a turn waits no longer", async (t) => {
  const stop = new AbortController();
  const { measured, unsent } = await run({
    plan: { clients: 8, durationMs: 60_000, ratePerSecond: 10 },
    takesMs: () => 1,
    signal: stop.signal,
    onOperation: (nowMs) => nowMs >= 1000 && stop.abort(),
  });
  t.is(measured.operations, 11);
  t.is(measured.elapsedMs, 1001);
  t.is(unsent, 0);
});

test("half of the run is told of once", async (t) => {
  const at: number[] = [];
  for (const plan of [{ durationMs: 100 }, { total: 100 }]) {
    let operations = 0;
    await run({
      plan,
      takesMs: () => 1,
      onOperation: () => operations++,
      onMiddle: () => at.push(operations),
    });
  }
  t.deepEqual(at, [50, 50]);
});

test("errors are counted and the load goes on; one that would come each time ends it", async (t) => {
  const failing = (code: "timeout" | "value-too-large") => (nowMs: number) => {
    if (nowMs === 5) throw new ClerkError(code, "no", code === "timeout");
    return 1;
  };
  const once = (takesMs: (nowMs: number) => number) => {
    let isDone = false;
    return (nowMs: number) => {
      if (nowMs !== 5 || isDone) return 1;
      isDone = true;
      return takesMs(nowMs);
    };
  };
  const { measured } = await run({ plan: { durationMs: 10 }, takesMs: once(failing("timeout")) });
  t.deepEqual([...measured.errors], [["timeout", 1]]);
  t.is(measured.outcomesUnknown, 1);
  t.is(measured.operations, 10);
  const error = await t.throwsAsync(run({ plan: { durationMs: 10 }, takesMs: failing("value-too-large") }));
  t.true(error instanceof ClerkError && error.code === "value-too-large");
});
