import { chmodSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import { CliError } from "../../src/cli/failure.js";
import { parseNote, sessionLine, type UnfinishedWrite, writeLine } from "../../src/cli/unfinished/note.js";
import { Notebook } from "../../src/cli/unfinished/notebook.js";
import { CLIENT_ID_BYTES } from "../../src/kv/command.js";
import { temporaryDirectory } from "./temporary-directory.js";

const WRITE: UnfinishedWrite = {
  command: "append",
  key: Uint8Array.of(0, 255, 10),
  value: Uint8Array.of(1, 2, 3),
  endpoints: ["127.0.0.1:6840"],
  time: "2026-01-01T00:00:00.000Z",
};
const SESSION = { clientId: "\xff".padStart(CLIENT_ID_BYTES, "0"), index: 2 ** 53 - 1, sequence: 7 };
/** No process has it: the kernel's numbers end below. */
const NOBODY = 2 ** 22 + 1;

/** As if the process that is at work on the only note had ended. */
function abandon(directory: string): string {
  const [name = ""] = readdirSync(directory);
  const abandoned = name.replace(/\.\d+-/, `.${NOBODY}-`);
  renameSync(join(directory, name), join(directory, abandoned));
  return join(directory, abandoned);
}

test("a note is read back as it was written, whatever the bytes are", (t) => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (key, value) => {
      const note = parseNote(writeLine({ ...WRITE, key, value }) + sessionLine(SESSION));
      if (typeof note === "string") return t.fail(note);
      t.deepEqual(note.session, SESSION);
      t.deepEqual(
        { ...note.write, key: [...note.write.key], value: [...note.write.value] },
        {
          ...WRITE,
          key: [...key],
          value: [...value],
        },
      );
    }),
  );
});

test("a note that was cut anywhere names a session only when that was written to its end", (t) => {
  const first = writeLine(WRITE);
  const text = first + sessionLine(SESSION);
  for (let length = 0; length < text.length; length++) {
    const cut = text.slice(0, length);
    if (length < first.length) {
      t.is(parseNote(cut), "empty");
      continue;
    }
    t.like(parseNote(cut), { session: null });
    t.like(parseNote(cut + sessionLine({ ...SESSION, index: 7 })), { session: { index: 7 } });
  }
});

test("the last session counts, and one that is forgotten does not", (t) => {
  const other = { ...SESSION, index: 7 };
  t.like(parseNote(writeLine(WRITE) + sessionLine(other) + sessionLine(SESSION)), { session: SESSION });
  t.like(parseNote(writeLine(WRITE) + sessionLine(SESSION) + sessionLine(null)), { session: null });
});

test("what is no note, or one of another version, is not taken for one", (t) => {
  for (const text of ["x\n", "{}\n", "null\n", writeLine(WRITE).replace('"version":1', '"version":2')]) {
    t.is(parseNote(text), "unknown");
  }
  t.is(parseNote(`${writeLine(WRITE)}{"session":{"clientId":"00","index":"1"}}\n`), "unknown");
});

test("a note is for its owner alone, is struck when it is done, and can be taken over once its process has ended", async (t) => {
  const home = await temporaryDirectory(t);
  const directory = join(home, "state", "kvraft");
  const notebook = new Notebook({ XDG_STATE_HOME: join(home, "state") });
  const note = notebook.begin(WRITE);
  if (note === null) return t.fail();
  t.is(statSync(directory).mode & 0o777, 0o700);
  t.is(statSync(join(directory, readdirSync(directory)[0] ?? "")).mode & 0o777, 0o600);
  note.sending(SESSION);
  t.deepEqual(notebook.list(), []);
  t.throws(() => notebook.claim(note.id), { instanceOf: CliError, message: /at work on/ });
  abandon(directory);
  t.deepEqual(notebook.list(), [note.id]);
  const claimed = notebook.claim(note.id);
  t.deepEqual(claimed?.resumed, SESSION);
  t.throws(() => notebook.claim(note.id), { instanceOf: CliError, message: /at work on/ });
  claimed?.strike();
  t.deepEqual(readdirSync(directory), []);
  t.throws(() => notebook.claim(note.id), { instanceOf: CliError, message: /no unfinished write/ });
});

test("a note that was let go can be taken over by anybody, this process too; one that was struck is gone", async (t) => {
  const home = await temporaryDirectory(t);
  const notebook = new Notebook({ XDG_STATE_HOME: home });
  const note = notebook.begin(WRITE);
  note?.sending(SESSION);
  note?.letGo();
  t.deepEqual(notebook.list(), [note?.id ?? ""]);
  const claimed = notebook.claim(note?.id ?? "");
  t.deepEqual(claimed?.resumed, SESSION);
  t.deepEqual(notebook.list(), []);
  claimed?.strike();
  claimed?.letGo();
  t.deepEqual(readdirSync(join(home, "kvraft")), []);
});

test("a note of a version that sent one write a session names the first", (t) => {
  const old = sessionLine(SESSION).replace(',"sequence":"7"', "");
  t.like(parseNote(writeLine(WRITE) + old), { session: { ...SESSION, sequence: 1 } });
});

test("a note that was cut before it said anything is dropped", async (t) => {
  const home = await temporaryDirectory(t);
  const notebook = new Notebook({ XDG_STATE_HOME: home });
  const note = notebook.begin(WRITE);
  writeFileSync(abandon(join(home, "kvraft")), '{"version":');
  t.is(notebook.claim(note?.id ?? ""), null);
  t.deepEqual(readdirSync(join(home, "kvraft")), []);
});

test("where no note can be kept the write goes on without", async (t) => {
  const home = await temporaryDirectory(t);
  writeFileSync(join(home, "kvraft"), "in the way");
  t.is(new Notebook({ XDG_STATE_HOME: home }).begin(WRITE), null);
  chmodSync(home, 0o700);
});
