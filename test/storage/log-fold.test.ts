import test from "ava";
import type { Entry, SnapshotMetadata } from "../../src/raft/entry.js";
import type { LogRecord } from "../../src/server/ports.js";
import { LogFold } from "../../src/storage/log-fold.js";
import { commands, hardState, metadata } from "./driver.js";
import { NO_SNAPSHOT } from "./log-fixture.js";

const ORIGIN = { file: "/log/1.wal", offset: 512 };

function fold(records: readonly Partial<LogRecord>[], snapshot: SnapshotMetadata = NO_SNAPSHOT): Entry[] {
  const log = new LogFold(false);
  for (const record of records) log.add({ hardState: null, snapshot: null, entries: [], ...record }, ORIGIN);
  return log.finish(snapshot).entries;
}

const started = { hardState: hardState(5), entries: commands(1, 4, 2) };
const nobody: Entry = { kind: "configuration", index: 4, term: 2, configuration: { voters: [] } };

test("terms that rise along the log, and a snapshot between them, are taken", (t) => {
  t.is(fold([started, { entries: commands(4, 6, 5) }]).length, 5);
  t.is(fold([started, { entries: commands(2, 6, 3) }], metadata(1, 2)).length, 4);
});

const senseless: readonly [string, readonly Partial<LogRecord>[], SnapshotMetadata?][] = [
  ["an entry of an earlier term than the one before it", [started, { entries: commands(4, 5, 1) }]],
  ["a term that falls within a record", [started, { entries: [...commands(4, 5, 4), ...commands(5, 6, 3)] }]],
  ["an entry of no term", [{ hardState: hardState(1), entries: commands(1, 2, 0) }]],
  ["an entry of an earlier term than the snapshot before it", [started], metadata(0, 3)],
  ["a configuration of nobody", [started, { entries: [nobody] }]],
  ["a mark of nobody", [started, { snapshot: { ...metadata(3, 2), configuration: { voters: [] } } }]],
  ["a mark without a term", [started, { snapshot: metadata(3, 0) }]],
  ["a term beyond all that is counted", [{ hardState: hardState(Number.MAX_SAFE_INTEGER) }]],
];
for (const [name, records, snapshot] of senseless) {
  test(`refused with its place, though every checksum holds: ${name}`, (t) => {
    t.throws(() => fold(records, snapshot), {
      name: "StorageError",
      code: "corrupt",
      message: /^\/log\/1.wal/,
    });
  });
}
