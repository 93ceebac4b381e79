/** What the GenericTests of both courses have in common: how long clients work and how much, and how the network falls apart. */
import { assert } from "../../../src/base/assert.js";
import type { Lab } from "./lab.js";

const ROUNDS = 3;
export const ROUND_MS = 5000;
/** Enough to meet all that happens in a run, and few enough for a thousand runs. */
const OPERATIONS = 300;
/** A partition lasts up to so much longer than it has to. */
const PARTITION_SPREAD_MS = 200;

/** What decides how busy a run is. */
export interface Workload {
  readonly clients: number;
  /** That all clients together come to in a run, if none of them takes any time. */
  readonly operations?: number;
}

/** On average, between two operations of one client. */
export function thinkMs({ clients, operations = OPERATIONS }: Workload): number {
  return (ROUNDS * ROUND_MS * clients) / operations;
}

/** All rounds of a run; with snapshots there are some in each. */
export async function playRounds(lab: Lab, hasSnapshots: boolean, play: () => Promise<void>): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) await play();
  if (!hasSnapshots) return;
  const { snapshotsTaken } = lab.cluster.world.counts;
  assert(snapshotsTaken >= ROUNDS, `snapshots are taken all the time, and there were ${snapshotsTaken}`);
}

/** Puts each server on one of two sides, and after `leastMs` or a little more again. */
export async function keepPartitioning(
  lab: Lab,
  { leastMs, isOver }: { readonly leastMs: number; readonly isOver: () => boolean },
): Promise<void> {
  while (!isOver()) {
    const left = lab.ids.filter(() => lab.dice.chance(50));
    lab.partition(
      left,
      lab.ids.filter((id) => !left.includes(id)),
    );
    await lab.sleep(leastMs + lab.dice.below(PARTITION_SPREAD_MS));
  }
}
