/**
 * Recovery from damaged and from forged files. It refuses with a StorageError that names the file, and then has
 * changed nothing; or it comes back with a state that a member can go on from. After mere damage that state is the
 * truth, or the truth up to a record of which a sector is gone with nothing intact behind it: all that a torn last
 * write can look like.
 */
import { seededRandom } from "../../src/base/random.js";
import { loadState } from "../../src/daemon/load-state.js";
import { RawNode } from "../../src/raft/raw-node.js";
import { snapshotBlocks } from "../../src/server/snapshot-content.js";
import { openStorageOn, type Storage } from "../../src/storage/open-storage.js";
import { StorageError } from "../../src/storage/storage-error.js";
import { comparable, type Model, NEW_MODEL, recoveredModel, withRecord } from "../storage/driver.js";
import { damagedFiles } from "./damage.js";
import { CLUSTER_ID, DIRECTORY, FILES, PLACED, SNAPSHOT, SNAPSHOT_FILE, SOUND } from "./data-directory.js";
import { forgedFiles } from "./forgery.js";
import { stateBlocks, THREE } from "./member-stages.js";
import type { MemoryDisk } from "./memory-disk.js";
import { joined } from "./mutate.js";
import { decodeScript, encodeScript } from "./script.js";
import { hold, type Target } from "./target.js";

/** Instead of a file's number: the file that the data names is not there. */
export const LOSE = 5;
const SECTOR_BYTES = 512;
const LIMITS = { valueBytesMax: 64 * 1024, sessionsMax: 8, sessionIdleMs: 3_600_000, sessionResultsMax: 4 };
/** The first bit of a case's first byte: the log has lost its first segment before, as it may. */
const COMPACTED = 1;

export const damageTarget: Target = {
  name: "damage",
  share: 6,
  make: (draw) => encodeScript(draw.below(4), damagedFiles(draw)),
  judge: (input) => judge(input, true),
};

export const forgeryTarget: Target = {
  name: "forgery",
  share: 4,
  make: (draw) => encodeScript(draw.below(4), forgedFiles(draw)),
  judge: (input) => judge(input, false),
};

async function judge(input: Uint8Array, isDamage: boolean): Promise<void> {
  const { start, steps } = decodeScript(input);
  const disk = SOUND.fork();
  const isCompacted = (start & COMPACTED) !== 0;
  for (const { kind, data } of steps) {
    const chosen = kind === LOSE ? data[0] : kind;
    const file = FILES[(chosen ?? 0) % FILES.length] as string;
    disk.tamper(file, kind === LOSE ? null : data);
  }
  if (isCompacted) disk.tamper(FILES[0] as string, null);
  disk.changed = false;
  const found = disk.fork();
  const recovered = await recover(disk);
  if (recovered === null) return;
  const { storage, state } = recovered;
  if (isDamage) {
    const model = JSON.stringify(recoveredModel(storage));
    hold(isTruth(model, found), () => `something acknowledged is gone, or made up: ${model}`);
    hold(state === null || state === SOUND_STATE, () => "the snapshot is not what it was");
  }
  await goOn(storage, disk);
}

/** Null: refused, as it may be. */
async function recover(disk: MemoryDisk): Promise<{ storage: Storage; state: string | null } | null> {
  try {
    const storage = await open(disk);
    try {
      const { newest } = storage.snapshots;
      const options = { limits: LIMITS, directory: DIRECTORY };
      const state = await loadState(storage.snapshots, options);
      const text = newest === null ? null : describe([...snapshotBlocks(state)]);
      return { storage, state: text };
    } catch (error) {
      await storage.close();
      disk.changed = false;
      throw error;
    }
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    hold(error.file?.startsWith(DIRECTORY) === true, () => `it does not say which file: ${error.message}`);
    hold(
      error.code === "io" || !disk.changed,
      () => `something was changed and then refused: ${error.message}`,
    );
    return null;
  }
}

/** A member starts with what was recovered, writes one more record, and finds all of it again. */
async function goOn(storage: Storage, disk: MemoryDisk): Promise<void> {
  const { recovered } = storage;
  const options = { electionTimeoutTicks: 4, heartbeatTicks: 1, random: seededRandom(1) };
  new RawNode({ id: "n1", restored: recovered, ...options }).ready();
  const { hardState, entries, snapshot } = recovered;
  const index = snapshot.lastIncludedIndex + entries.length + 1;
  const term = Math.max(1, hardState.currentTerm);
  const record = {
    hardState: {
      ...hardState,
      currentTerm: term,
      votedFor: term === hardState.currentTerm ? hardState.votedFor : null,
    },
    snapshot: null,
    entries: [{ kind: "noop" as const, index, term }],
  };
  await new Promise<void>((resolve) => storage.log.persist(record, resolve));
  await storage.close();
  const again = await open(disk);
  const last = again.recovered.entries.at(-1);
  hold(last?.index === index && last.term === term, () => "a record written after the recovery is gone");
  hold(again.recovered.entries.length === entries.length + 1, () => "the log has changed since the recovery");
  await again.close();
}

function open(disk: MemoryDisk): Promise<Storage> {
  return openStorageOn(disk, {
    directory: DIRECTORY,
    memberId: "n1",
    initial: () => ({ clusterId: CLUSTER_ID, configuration: THREE }),
    segmentBytes: 64 * 1024,
    onFault: (error) => {
      throw error;
    },
  });
}

/** Whether it is what all records say, or those before one that looks torn. */
function isTruth(model: string, disk: MemoryDisk): boolean {
  const hasSnapshot = disk.paths.includes(SNAPSHOT_FILE);
  if (model === truth(PLACED.length, hasSnapshot)) return true;
  return PLACED.some((_, count) => model === truth(count, hasSnapshot) && mayBeCut(count, disk));
}

/** Whether record `count` may look unwritten, and nothing of those behind it is intact. */
function mayBeCut(count: number, disk: MemoryDisk): boolean {
  return PLACED.slice(count).every(({ segment, offset, end }, position) => {
    const file = FILES[segment - 1] as string;
    if (!disk.paths.includes(file)) return true;
    const now = disk.contents(file).subarray(offset, end);
    if (position > 0) return Buffer.compare(now, SOUND.contents(file).subarray(offset, end)) !== 0;
    for (let at = 0; at < now.length; at += SECTOR_BYTES) {
      if (now.subarray(at, at + SECTOR_BYTES).every((byte) => byte === 0)) return true;
    }
    return false;
  });
}

const truths = new Map<string, string>();

/** What the first `count` records and, if it is there, the snapshot amount to. */
function truth(count: number, hasSnapshot: boolean): string {
  const key = `${count} ${hasSnapshot}`;
  const known = truths.get(key);
  if (known !== undefined) return known;
  const model = PLACED.slice(0, count).reduce<Model>(
    (folded, { record }) => withRecord(folded, record),
    NEW_MODEL,
  );
  const mark = { hardState: null, snapshot: SNAPSHOT, entries: [] };
  const text = JSON.stringify(comparable(hasSnapshot ? withRecord(model, mark) : model));
  truths.set(key, text);
  return text;
}

function describe(blocks: readonly Uint8Array[]): string {
  return Buffer.from(joined(...blocks)).toString("latin1");
}

const SOUND_STATE = describe(stateBlocks());
