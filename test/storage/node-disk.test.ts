import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "ava";
import { writeDurably } from "../../src/storage/disk.js";
import { nodeDisk } from "../../src/storage/node-disk.js";

async function temporaryDirectory(t: { teardown(run: () => Promise<void>): void }): Promise<string> {
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), "kvraft-disk-"));
  t.teardown(() => fs.rm(directory, { recursive: true, force: true }));
  return directory;
}

test("bytes are written and read where they belong; reading past the end gives what there is", async (t) => {
  const file = path.join(await temporaryDirectory(t), "file");
  const handle = await nodeDisk.open(file, "create");
  await writeDurably(handle, Uint8Array.of(1, 2, 3), 5);
  await handle.sync();
  t.is(await handle.size(), 8);
  const bytes = new Uint8Array(10).fill(9);
  t.is(await handle.read(bytes, 4), 4);
  t.deepEqual(bytes, Uint8Array.of(0, 1, 2, 3, 9, 9, 9, 9, 9, 9));
  await handle.close();
});

test("a file that is there is not created, one that is not there is not opened, and the message names it", async (t) => {
  const directory = await temporaryDirectory(t);
  const file = path.join(directory, "file");
  await t.throwsAsync(nodeDisk.open(file, "write"), {
    name: "StorageError",
    code: "io",
    message: /file: ENOENT/,
  });
  await (await nodeDisk.open(file, "create")).close();
  await t.throwsAsync(nodeDisk.open(file, "create"), { code: "io", message: /EEXIST/ });
  await t.throwsAsync(nodeDisk.unlink(path.join(directory, "other")), { code: "io" });
});

test("a failed write is told to its callback, and the message names file and offset", async (t) => {
  const file = path.join(await temporaryDirectory(t), "file");
  await (await nodeDisk.open(file, "create")).close();
  const handle = await nodeDisk.open(file, "read");
  await t.throwsAsync(writeDurably(handle, Uint8Array.of(1), 512), {
    code: "io",
    message: /file, offset 512: EBADF/,
  });
  await handle.close();
});

test("so does that of a failed read", async (t) => {
  const directory = await temporaryDirectory(t);
  const handle = await nodeDisk.open(directory, "read");
  await t.throwsAsync(handle.read(new Uint8Array(1), 7), { code: "io", message: /, offset 7: EISDIR/ });
  await handle.close();
});

test("directories are made with their parents for their owner alone, listed in order, and made again without harm", async (t) => {
  const directory = path.join(await temporaryDirectory(t), "a", "b");
  await nodeDisk.makeDirectory(directory);
  await nodeDisk.makeDirectory(directory);
  t.is((await fs.stat(directory)).mode & 0o777, 0o700);
  for (const name of ["z", "a", "m"])
    await (await nodeDisk.open(path.join(directory, name), "create")).close();
  await nodeDisk.rename(path.join(directory, "z"), path.join(directory, "b"));
  await nodeDisk.syncDirectory(directory);
  t.deepEqual(await nodeDisk.list(directory), ["a", "b", "m"]);
});
