/** What a member's data directory holds, read by the product's own recovery while no daemon uses it. */
import { loadState } from "../../src/daemon/load-state.js";
import { STATE_MACHINE_LIMITS } from "../../src/daemon/member.js";
import { stateDigest } from "../../src/kv/digest.js";
import { openStorage } from "../../src/storage/open-storage.js";
import { decodeCommand } from "../../src/wire/command-codec.js";
import type { Cluster, Daemon } from "./cluster.js";
import { eventually } from "./processes.js";

const SEGMENT_BYTES = 64 * 1024;

/** The digest of the state that snapshot and log add up to, entries up to `index` applied. */
async function digestOnDisk({ id, dataDir }: Daemon, index: number): Promise<string> {
  const storage = await openStorage({
    directory: dataDir,
    memberId: id,
    initial: () => {
      throw new Error(`${dataDir} has been used`);
    },
    // A spare one is prepared meanwhile, and the disk may be small.
    segmentBytes: SEGMENT_BYTES,
    onFault: (error) => {
      throw error;
    },
  });
  try {
    const state = await loadState(storage.snapshots, { limits: STATE_MACHINE_LIMITS, directory: dataDir });
    const { snapshot, entries } = storage.recovered;
    const lastIndex = snapshot.lastIncludedIndex + entries.length;
    if (lastIndex < index) throw new Error(`${dataDir} ends at ${lastIndex}, before ${index}`);
    for (const entry of entries) {
      if (entry.index > index || entry.kind !== "command") continue;
      state.apply(entry, decodeCommand(entry.data));
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
