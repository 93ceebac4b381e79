import test, { type ExecutionContext } from "ava";
import { seededRandom } from "../../src/base/random.js";
import type { SnapshotMetadata } from "../../src/raft/entry.js";
import { FileSnapshotStore } from "../../src/storage/snapshot-store.js";
import { StorageError } from "../../src/storage/storage-error.js";
import { metadata, snapshotBytes } from "./driver.js";
import { SimulatedDisk } from "./simulated-disk.js";

const DIRECTORY = "/snapshots";

function snapshotPath(index: number, term: number): string {
  return `${DIRECTORY}/${String(index).padStart(16, "0")}-${String(term).padStart(16, "0")}.snap`;
}

async function emptyDisk(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk({ random: seededRandom(1) });
  await disk.makeDirectory(DIRECTORY);
  return disk;
}

/** The store as a restart finds it. */
async function start(disk: SimulatedDisk): Promise<FileSnapshotStore> {
  const store = await FileSnapshotStore.open({ disk, directory: DIRECTORY });
  await store.removeLeftovers();
  return store;
}

async function create(
  store: FileSnapshotStore,
  snapshot: SnapshotMetadata,
  ...blocks: readonly Uint8Array[]
): Promise<void> {
  const writer = await store.create(snapshot);
  for (const block of blocks) await writer.write(block);
  await writer.commit();
}

async function readBlocks(store: FileSnapshotStore): Promise<Uint8Array[]> {
  const reader = await store.open();
  const blocks: Uint8Array[] = [];
  try {
    for await (const block of reader?.blocks() ?? []) blocks.push(block);
  } finally {
    await reader?.close();
  }
  return blocks;
}

function block(byte: number, length: number): Uint8Array {
  return new Uint8Array(length).fill(byte);
}

test("what was committed is read back after a restart: metadata, blocks, and the raw bytes", async (t) => {
  const disk = await emptyDisk();
  const blocks = [block(1, 10), block(2, 700_000), block(3, 1)];
  const store = await start(disk);
  t.is(store.newest, null);
  t.is(await store.open(), null);
  await create(store, metadata(7, 2), ...blocks);
  const again = await start(disk);
  t.deepEqual(again.newest, metadata(7, 2));
  t.deepEqual(await readBlocks(again), blocks);
  const reader = await again.open();
  t.deepEqual(reader?.metadata, metadata(7, 2));
  t.deepEqual(await reader?.read(0, 2_000_000), snapshotBytes(metadata(7, 2), blocks));
  t.deepEqual(
    await reader?.read((reader?.sizeBytes ?? 0) - 3, 100),
    snapshotBytes(metadata(7, 2), blocks).slice(-3),
  );
  t.deepEqual(await reader?.read(reader.sizeBytes, 100), new Uint8Array(0));
});

test("a newer snapshot takes the place of the older, which stays readable where it is open", async (t) => {
  const disk = await emptyDisk();
  const store = await start(disk);
  await create(store, metadata(7, 2), block(1, 10));
  const reader = await store.open();
  await create(store, metadata(9, 2), block(2, 10));
  t.deepEqual(disk.paths(), [snapshotPath(9, 2)]);
  t.deepEqual(await readBlocks(store), [block(2, 10)]);
  for await (const old of reader?.blocks() ?? []) t.deepEqual(old, block(1, 10));
  await reader?.close();
});

test("an aborted snapshot leaves nothing behind", async (t) => {
  const disk = await emptyDisk();
  const store = await start(disk);
  const writer = await store.create(metadata(3, 1));
  await writer.write(block(1, 10));
  await writer.abort();
  await writer.abort();
  t.deepEqual(disk.paths(), []);
  await create(store, metadata(3, 1), block(1, 10));
  t.is(disk.paths().length, 1);
});

test("a received snapshot becomes the newest, whatever its chunks", async (t) => {
  const file = snapshotBytes(metadata(5, 2), [block(4, 3000), block(5, 600_000)]);
  for (const chunkBytes of [file.length, 4096, 100_000]) {
    const disk = await emptyDisk();
    const store = await start(disk);
    const receiver = await store.receive(metadata(5, 2));
    for (let at = 0; at < file.length; at += chunkBytes)
      await receiver.write(file.subarray(at, at + chunkBytes));
    t.true(await receiver.commit(async () => true));
    t.deepEqual(store.newest, metadata(5, 2));
    t.deepEqual(disk.contents(snapshotPath(5, 2)), file);
  }
});

test("PITFALLS 24: a damaged, cut or overlong received snapshot is refused, and nothing changes", async (t) => {
  const disk = await emptyDisk();
  const store = await start(disk);
  await create(store, metadata(2, 1), block(9, 5));
  const file = snapshotBytes(metadata(5, 2), [block(4, 60), block(5, 20)]);
  const flipped = [...file.keys()].map((at) =>
    file.map((byte, position) => (position === at ? byte ^ (1 << (at & 7)) : byte)),
  );
  const cut = [...file.keys()].map((length) => file.slice(0, length));
  const longer = new Uint8Array([...file, 0]);
  const other = snapshotBytes(metadata(6, 2), [block(4, 60)]);
  for (const bytes of [...flipped, ...cut, longer, other]) {
    const receiver = await store.receive(metadata(5, 2));
    await receiver.write(bytes);
    if (await receiver.commit(async () => true)) t.fail("damaged bytes were accepted");
  }
  t.deepEqual(disk.paths(), [snapshotPath(2, 1)]);
  t.deepEqual(store.newest, metadata(2, 1));
});

test("PITFALLS 22: a second receive discards what the first left unfinished, and the first becomes harmless", async (t) => {
  const disk = await emptyDisk();
  const store = await start(disk);
  const file = snapshotBytes(metadata(5, 2), [block(4, 60)]);
  const first = await store.receive(metadata(5, 2));
  await first.write(file.subarray(0, 50));
  const second = await store.receive(metadata(5, 2));
  await first.write(file.subarray(50));
  t.false(await first.commit(async () => true));
  await first.abort();
  await second.write(file);
  t.true(await second.commit(async () => true));
  t.deepEqual(disk.paths(), [snapshotPath(5, 2)]);
});

test("PITFALLS 18, 20: whichever of a created and a received snapshot is committed last, the newest by index stays", async (t) => {
  const file = snapshotBytes(metadata(8, 2), [block(4, 60)]);
  for (const own of [5, 8, 11]) {
    for (const receivedFirst of [true, false]) {
      const disk = await emptyDisk();
      const store = await start(disk);
      const [writer, receiver] = await Promise.all([
        store.create(metadata(own, 2)),
        store.receive(metadata(8, 2)),
      ]);
      await Promise.all([writer.write(block(1, 100)), receiver.write(file)]);
      const commits = [() => receiver.commit(async () => true), () => writer.commit()];
      for (const commit of receivedFirst ? commits : commits.reverse()) await commit();
      t.is(store.newest?.lastIncludedIndex, Math.max(own, 8));
      t.deepEqual(disk.paths(), [snapshotPath(Math.max(own, 8), 2)]);
    }
  }
});

test("both committed at the same time leave the newest", async (t) => {
  const disk = await emptyDisk();
  const store = await start(disk);
  const [writer, receiver] = await Promise.all([store.create(metadata(9, 2)), store.receive(metadata(8, 2))]);
  await Promise.all([
    writer.write(block(1, 100)),
    receiver.write(snapshotBytes(metadata(8, 2), [block(4, 60)])),
  ]);
  await Promise.all([writer.commit(), receiver.commit(async () => true)]);
  t.deepEqual(disk.paths(), [snapshotPath(9, 2)]);
});

test("drafts and older snapshots that a crash left are removed at the next start", async (t) => {
  const disk = await emptyDisk();
  const store = await start(disk);
  await create(store, metadata(4, 1), block(1, 10));
  const old = disk.contents(snapshotPath(4, 1));
  await create(store, metadata(6, 1), block(2, 10));
  await (await store.create(metadata(8, 1))).write(block(3, 10));
  await (await disk.open(snapshotPath(4, 1), "create")).close();
  disk.tamper(snapshotPath(4, 1), () => old);
  t.is(disk.paths().length, 3);
  const again = await start(disk);
  t.deepEqual(again.newest, metadata(6, 1));
  t.deepEqual(disk.paths(), [snapshotPath(6, 1)]);
});

/** Starts on these bytes and loads the snapshot, as a member does. */
async function load(
  t: ExecutionContext,
  disk: SimulatedDisk,
  bytes: Uint8Array,
): Promise<StorageError | null> {
  disk.tamper(snapshotPath(4, 1), () => bytes);
  try {
    await readBlocks(await start(disk));
    return null;
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    if (error.file !== snapshotPath(4, 1) || error.offset === undefined) t.fail(`no place: ${error.message}`);
    return error;
  }
}

test("PITFALLS 24: any flipped bit of the newest snapshot, and any cut, is refused with file and offset, never passed over", async (t) => {
  const disk = await emptyDisk();
  await create(await start(disk), metadata(4, 1), block(1, 100), block(2, 40));
  const file = disk.contents(snapshotPath(4, 1));
  for (let bit = 0; bit < file.length * 8; bit++) {
    const damaged = file.slice();
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    if ((await load(t, disk, damaged)) === null) t.fail(`bit ${bit} went unnoticed`);
  }
  for (let length = 0; length < file.length; length++) {
    if ((await load(t, disk, file.slice(0, length))) === null) t.fail(`a cut to ${length} went unnoticed`);
  }
  t.is(await load(t, disk, file), null);
});

test("PITFALLS 47: a snapshot of a newer format is refused", async (t) => {
  const disk = await emptyDisk();
  await create(await start(disk), metadata(4, 1), block(1, 100));
  const newer = disk.contents(snapshotPath(4, 1));
  newer[8] = 2;
  t.is((await load(t, disk, newer))?.code, "unknown-format");
});

test("a snapshot under another one's name is refused", async (t) => {
  const disk = await emptyDisk();
  await create(await start(disk), metadata(4, 1), block(1, 100));
  t.is((await load(t, disk, snapshotBytes(metadata(3, 1), [block(1, 100)])))?.code, "corrupt");
});

test("a fault while a snapshot is written rejects with StorageError, for the writer and for the receiver", async (t) => {
  for (const kind of ["write", "sync", "rename", "syncDirectory"]) {
    const disk = await emptyDisk();
    const store = await start(disk);
    disk.fate = (operation) => (operation.kind === kind ? "EIO" : "proceed");
    await t.throwsAsync(create(store, metadata(4, 1), block(1, 100)), { name: "StorageError", code: "io" });
    const receiver = await store.receive(metadata(5, 2));
    const receive = async () => {
      await receiver.write(snapshotBytes(metadata(5, 2), [block(1, 100)]));
      return receiver.commit(async () => true);
    };
    await t.throwsAsync(receive(), { name: "StorageError", code: "io" });
    t.is(store.newest, null);
  }
});

test("PITFALLS 25: a large block is read and checked in slices, with other work in between", async (t) => {
  const disk = await emptyDisk();
  const store = await start(disk);
  await create(store, metadata(4, 1), block(1, 3_000_000));
  let longest = 0;
  disk.fate = ({ kind }) => {
    if (kind === "read") longest++;
    return "proceed";
  };
  await readBlocks(store);
  t.true(longest >= 6, `${longest} reads`);
});
