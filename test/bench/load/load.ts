/** One load from its connections to its result: lanes side by side, warm-up, measurement, and patience with a limit. */
import type { LoadConnection } from "./connection.js";
import { Dice, valuePool } from "./data.js";
import type { LoadJob, LoadResult } from "./job.js";
import { Lane } from "./lane.js";
import { openConnection } from "./open.js";
import { Tally } from "./tally.js";

const CONNECTIONS_MAX = 16;
/** A request without an answer for so long ends the measurement. */
const PATIENCE_MS = 10_000;
const WATCH_MS = 1000;

interface OpenLane {
  readonly lane: Lane;
  readonly connection: LoadConnection;
}

/** Rejects when a connection is lost or somebody waits too long. */
export async function runLoad(job: LoadJob): Promise<LoadResult> {
  const tally = new Tally(job.pids);
  let end: (failure: Error | null) => void = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    end = (failure) => (failure === null ? resolve() : reject(failure));
  });
  ended.catch(() => {}); // It may be rejected before anybody waits for it.
  const lanes = await openLanes(job, tally, (failure) => end(failure));
  const timers = startTimers(job, tally, lanes);
  const watch = setInterval(() => {
    const since = Math.min(...lanes.map(({ lane }) => lane.waitingSinceMs));
    if (performance.now() - since > PATIENCE_MS) end(new Error(`no answer within ${PATIENCE_MS} ms`));
  }, WATCH_MS);
  for (const { lane, connection } of lanes) lane.start(connection);
  try {
    await ended;
    if (job.operation === "fill") tally.stop();
    return tally.result();
  } finally {
    clearInterval(watch);
    for (const timer of timers) clearTimeout(timer);
    for (const { connection } of lanes) connection.close();
  }
}

async function openLanes(
  job: LoadJob,
  tally: Tally,
  end: (failure: Error | null) => void,
): Promise<readonly OpenLane[]> {
  const { address, operation, keys, valueBytes } = job;
  const connections = Math.min(job.workers, CONNECTIONS_MAX);
  const pool = valuePool(valueBytes);
  const shared = { operation, keys, valueBytes, pool, tally, fill: { next: 0 } };
  let busy = connections;
  const onIdle = (): void => {
    if (--busy === 0) end(null);
  };
  const onLost = (reason: string): void => end(new Error(reason));
  return Promise.all(
    Array.from({ length: connections }, async (_, at) => {
      const workers = Math.ceil((job.workers - at) / connections);
      const dice = new Dice(1_000_003 * (at + 1));
      const lane = new Lane({ ...shared, workers, dice, onIdle, onLost });
      const connection = await openConnection(job.system, {
        address,
        workers,
        pool,
        valueBytes,
        replies: lane,
      });
      return { lane, connection };
    }),
  );
}

/** A fill is measured from its first request to its last answer; everything else by the clock. */
function startTimers(
  { operation, warmSeconds, seconds }: LoadJob,
  tally: Tally,
  lanes: readonly OpenLane[],
): readonly NodeJS.Timeout[] {
  if (operation === "fill") {
    tally.start();
    return [];
  }
  const stop = (): void => {
    tally.stop();
    for (const { lane } of lanes) lane.stop();
  };
  return [
    setTimeout(() => tally.start(), 1000 * warmSeconds),
    setTimeout(stop, 1000 * (warmSeconds + seconds)),
  ];
}
