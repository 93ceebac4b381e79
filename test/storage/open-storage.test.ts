import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "ava";
import { openStorage, type StorageOptions } from "../../src/storage/open-storage.js";
import { CLUSTER_ID, CONFIGURATION, commands, hardState, metadata, SEGMENT_BYTES } from "./driver.js";
import { persist } from "./log-fixture.js";

const SECTOR = 512;

async function temporaryDirectory(t: { teardown(run: () => Promise<void>): void }): Promise<string> {
  const parent = await fs.mkdtemp(path.join(os.tmpdir(), "kvraft-storage-"));
  t.teardown(() => fs.rm(parent, { recursive: true, force: true }));
  return path.join(parent, "a", "data");
}

function options(directory: string, changes: Partial<StorageOptions> = {}): StorageOptions {
  return {
    directory,
    memberId: "n1",
    initial: () => ({ clusterId: CLUSTER_ID, configuration: CONFIGURATION }),
    segmentBytes: SEGMENT_BYTES,
    onFault: (error) => {
      throw error;
    },
    ...changes,
  };
}

async function filesBelow(directory: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await fs.readdir(directory, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile()) files[path.relative(directory, file)] = (await fs.readFile(file)).toString("latin1");
  }
  return files;
}

test("a real directory: everything comes back after a restart, for its owner's eyes alone", async (t) => {
  const directory = await temporaryDirectory(t);
  const first = await openStorage(options(directory));
  t.deepEqual(first.member, { memberId: "n1", clusterId: CLUSTER_ID, configuration: CONFIGURATION });
  t.deepEqual(first.recovered.snapshot, metadata(0, 0));
  for (let index = 1; index <= 20; index++) {
    await persist(first.log, {
      hardState: hardState(3, "n1", index - 1),
      entries: commands(index, index + 1, 3, 9000),
    });
  }
  const writer = await first.snapshots.create(metadata(12, 3));
  await writer.write(new Uint8Array(2_000_000).fill(5));
  await writer.commit();
  first.log.compact(12);
  await persist(first.log, { hardState: hardState(4, null, 20) });
  await first.close();
  const second = await openStorage(options(directory));
  t.deepEqual(second.recovered.hardState, hardState(4, null, 20));
  t.deepEqual(second.recovered.snapshot, metadata(12, 3));
  t.deepEqual(
    second.recovered.entries.map(({ index }) => index),
    [13, 14, 15, 16, 17, 18, 19, 20],
  );
  t.deepEqual(second.notes, []);
  let bytes = 0;
  for await (const block of (await second.snapshots.open())?.blocks() ?? []) bytes += block.length;
  t.is(bytes, 2_000_000);
  t.is((await fs.stat(directory)).mode & 0o777, 0o700);
  t.is((await fs.stat(path.join(directory, "member"))).mode & 0o777, 0o600);
  await second.close();
});

test("PITFALLS 48: members come from disk once they are there, and what is given at the start is not even asked for", async (t) => {
  const directory = await temporaryDirectory(t);
  await (await openStorage(options(directory))).close();
  const again = await openStorage(options(directory, { initial: () => t.fail("asked") as never }));
  t.deepEqual(again.member.configuration, CONFIGURATION);
  t.deepEqual(again.recovered.snapshot.configuration, CONFIGURATION);
  await again.close();
});

test("data of another member or another cluster is refused, each with its own code", async (t) => {
  const directory = await temporaryDirectory(t);
  await (await openStorage(options(directory))).close();
  await t.throwsAsync(openStorage(options(directory, { memberId: "n2" })), {
    name: "StorageError",
    code: "wrong-member",
  });
  const [own] = CONFIGURATION.voters;
  const elsewhere = CONFIGURATION.voters.map(({ id }) => ({ id, peerAddress: "127.0.0.1:1" }));
  await t.throwsAsync(openStorage(options(directory, { given: elsewhere })), {
    name: "StorageError",
    code: "wrong-cluster",
  });
  // Members may have come and gone since: one that is still the same will do.
  const given = own === undefined ? [] : [own, ...elsewhere.slice(1)];
  await (await openStorage(options(directory, { given }))).close();
});

test("a used directory of which a part is gone is refused: the log, the member file, the snapshot", async (t) => {
  for (const part of ["log", "member", "snapshots"]) {
    const directory = await temporaryDirectory(t);
    const storage = await openStorage(options(directory));
    await persist(storage.log, { hardState: hardState(1), entries: commands(1, 6, 1) });
    await (await storage.snapshots.create(metadata(4, 1))).commit();
    await persist(storage.log, { snapshot: metadata(4, 1) });
    await storage.close();
    await fs.rm(path.join(directory, part), { recursive: true });
    await t.throwsAsync(openStorage(options(directory)), { name: "StorageError", code: "missing" }, part);
  }
});

test("a directory that has lost its member file is refused before a torn record is erased", async (t) => {
  const directory = await temporaryDirectory(t);
  const storage = await openStorage(options(directory));
  await persist(storage.log, { hardState: hardState(1), entries: commands(1, 2, 1) });
  const end = storage.log.diskBytes;
  await persist(storage.log, { entries: commands(2, 3, 1, 2000) });
  await storage.close();
  const log = path.join(directory, "log", "0000000000000001.wal");
  const bytes = await fs.readFile(log);
  await fs.writeFile(log, bytes.fill(0, SECTOR + end + SECTOR, SECTOR + end + 2 * SECTOR));
  await fs.rm(path.join(directory, "member"));
  const before = await filesBelow(directory);
  await t.throwsAsync(openStorage(options(directory)), { name: "StorageError", code: "missing" });
  t.deepEqual(await filesBelow(directory), before);
});

test("PITFALLS 47: a newer member file or log is refused and every file stays byte-identical", async (t) => {
  const directory = await temporaryDirectory(t);
  const storage = await openStorage(options(directory));
  await persist(storage.log, { hardState: hardState(1), entries: commands(1, 6, 1) });
  await (await storage.snapshots.create(metadata(4, 1))).commit();
  await storage.close();
  await fs.writeFile(path.join(directory, "snapshots", "left.part"), "left by a crash");
  const snapshots = await fs.readdir(path.join(directory, "snapshots"));
  const snapshot = snapshots.find((name) => name.endsWith(".snap")) ?? "";
  for (const file of ["member", "log/0000000000000001.wal", `snapshots/${snapshot}`]) {
    const whole = path.join(directory, file);
    const bytes = await fs.readFile(whole);
    await fs.writeFile(whole, Buffer.from(bytes).fill(7, 8, 9));
    const before = await filesBelow(directory);
    await t.throwsAsync(
      openStorage(options(directory)),
      { name: "StorageError", code: "unknown-format" },
      file,
    );
    t.deepEqual(await filesBelow(directory), before, file);
    await fs.writeFile(whole, bytes);
  }
  await (await openStorage(options(directory))).close();
});

test("any flipped bit of the member file, and any cut, is refused with file and offset", async (t) => {
  const directory = await temporaryDirectory(t);
  await (await openStorage(options(directory))).close();
  const file = path.join(directory, "member");
  const bytes = await fs.readFile(file);
  const damaged = [...bytes.keys()].map((length) => bytes.subarray(0, length));
  damaged.push(Buffer.concat([bytes, Buffer.alloc(1)]));
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    damaged.push(flipped);
  }
  for (const variant of damaged) {
    await fs.writeFile(file, variant);
    const error = await t.throwsAsync(openStorage(options(directory)), { name: "StorageError" });
    if (!/member, offset \d+/.test(error?.message ?? "")) t.fail(error?.message);
  }
});

test("PITFALLS 46: a second start on the same directory is refused at once, naming the process that uses it", async (t) => {
  const directory = await temporaryDirectory(t);
  const storage = await openStorage(options(directory));
  const pattern = new RegExp(`process ${process.pid}`);
  await t.throwsAsync(openStorage(options(directory)), {
    name: "StorageError",
    code: "in-use",
    message: pattern,
  });
  await storage.close();
  await (await openStorage(options(directory))).close();
});

// While a child process is being made, it shares the locks that are held here: so not beside the other tests.
test.serial("PITFALLS 46: the lock of a process that was killed is free", async (t) => {
  const directory = await temporaryDirectory(t);
  await (await openStorage(options(directory))).close();
  const child = spawn(process.execPath, ["--input-type=module", "-e", holdLock(directory)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.teardown(() => child.kill("SIGKILL"));
  t.is(await firstLine(child), "locked");
  const pattern = new RegExp(`process ${child.pid}`);
  await t.throwsAsync(openStorage(options(directory)), { code: "in-use", message: pattern });
  child.kill("SIGKILL");
  await once(child, "exit");
  await (await openStorage(options(directory))).close();
});

function holdLock(directory: string): string {
  const lockModule = new URL("../../src/storage/lock.js", import.meta.url).href;
  return `import { lockDirectory } from ${JSON.stringify(lockModule)};
    lockDirectory(${JSON.stringify(directory)});
    console.log("locked");
    setInterval(() => {}, 1000);`;
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [chunk] = child.stdout === null ? [""] : await once(child.stdout, "data");
  return String(chunk).trim();
}

test("a directory that cannot be made or used is told as a fault of the disk", async (t) => {
  const directory = await temporaryDirectory(t);
  await fs.writeFile(path.dirname(directory), "a file where a directory must be");
  await t.throwsAsync(openStorage(options(directory)), { name: "StorageError", code: "io" });
});
