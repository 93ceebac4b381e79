import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { CliError } from "../../../src/cli/failure.js";
import { HistoryRecord } from "../../../src/cli/verify/record.js";
import { parseHistory } from "../../../src/lin/history-file.js";
import type { Operation } from "../../../src/lin/operation.js";
import { temporaryDirectory } from "../temporary-directory.js";

test("a history of any length is written, and read back as it was", async (t) => {
  const path = join(await temporaryDirectory(t), "history.jsonl");
  const history = Array.from(
    { length: 25_000 },
    (_, at): Operation => ({ client: 1, op: "put", key: "k", value: `${at}`, start: at, end: null }),
  );
  await (await HistoryRecord.create(path)).write(history);
  t.deepEqual(parseHistory(await readFile(path, "utf8")), history);
});

test("a file that is there is left as it is, and without a history none is left", async (t) => {
  const directory = await temporaryDirectory(t);
  const path = join(directory, "history.jsonl");
  const record = await HistoryRecord.create(path);
  await record.discard();
  t.deepEqual(await readdir(directory), []);
  await writeFile(path, "precious");
  await t.throwsAsync(HistoryRecord.create(path), { instanceOf: CliError, message: /is there already/ });
  t.is(await readFile(path, "utf8"), "precious");
});
