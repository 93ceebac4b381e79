/** What a member's data directory holds, read by the product's own recovery while no daemon uses it. */
import { stateDigest } from "../../src/kv/digest.js";
import { StateMachine } from "../../src/kv/state-machine.js";
import { loadSnapshot } from "../../src/server/snapshot-content.js";
import { openStorage } from "../../src/storage/open-storage.js";
import { decodeCommand } from "../../src/wire/command-codec.js";
import {
  SESSION_IDLE_MS,
  SESSION_RESULTS_MAX,
  SESSIONS_MAX,
  VALUE_BYTES_MAX,
} from "../../src/wire/limits.js";
import type { Cluster, Daemon } from "./cluster.js";
import { eventually } from "./processes.js";

const LIMITS = {
  valueBytesMax: VALUE_BYTES_MAX,
  sessionsMax: SESSIONS_MAX,
  sessionIdleMs: SESSION_IDLE_MS,
  sessionResultsMax: SESSION_RESULTS_MAX,
};

/** The digest of the state that snapshot and log add up to, entries up to `index` applied. */
async function digestOnDisk({ id, dataDir }: Daemon, index: number): Promise<string> {
  const storage = await openStorage({
    directory: dataDir,
    memberId: id,
    initial: () => {
      throw new Error(`${dataDir} has been used`);
    },
    onFault: (error) => {
      throw error;
    },
  });
  try {
    const state = new StateMachine(LIMITS);
    const reader = await storage.snapshots.open();
    if (reader !== null) await loadSnapshot(state, reader.blocks());
    await reader?.close();
    const { snapshot, entries } = storage.recovered;
    const lastIndex = snapshot.lastIncludedIndex + entries.length;
    if (lastIndex < index) throw new Error(`${dataDir} ends at ${lastIndex}, before ${index}`);
    for (const entry of entries) {
      if (entry.index > index || entry.kind !== "command") continue;
      state.apply(entry.index, decodeCommand(entry.data));
    }
    return stateDigest(state);
  } finally {
    await storage.close();
  }
}

/**
 * Waits until all members have applied the same log, ends them, and answers a digest of what each has on its disk. Nobody writes
 * meanwhile.
 */
export async function finalStates(cluster: Cluster): Promise<readonly string[]> {
  const index = await eventually("all members have applied the same", async () => {
    const reports = await Promise.all(cluster.members.map((member) => cluster.report(member)));
    const indexes = new Set(
      reports.flatMap(({ lastIndex, commitIndex, appliedIndex }) => [lastIndex, commitIndex, appliedIndex]),
    );
    const [index = 0] = indexes;
    return indexes.size === 1 && index > 0 ? index : null;
  });
  // What a member has applied may still be on its way to its own disk; one that is told to end waits for that.
  await Promise.all(cluster.members.map((member) => member.end("SIGTERM")));
  return Promise.all(cluster.members.map((member) => digestOnDisk(member, index)));
}
