import { Writable } from "node:stream";
import test from "ava";
import { CliError, OutputClosedError } from "../../src/cli/failure.js";
import { Output } from "../../src/cli/output.js";

function failing(code: string): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(`${code}: write`), { code })),
  });
}

test("a write resolves only when the reader has taken it", async (t) => {
  let take: (() => void) | null = null;
  const slow = new Writable({
    write: (_chunk, _encoding, done) => {
      take = done;
    },
  });
  let written = false;
  const writing = new Output(slow).write("x").then(() => {
    written = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  t.false(written);
  (take as unknown as () => void)();
  await writing;
  t.true(written);
});

test("a reader that has gone is told from a full disk", async (t) => {
  await t.throwsAsync(new Output(failing("EPIPE")).write("x"), { instanceOf: OutputClosedError });
  const full = await t.throwsAsync(new Output(failing("ENOSPC")).write("x"), { instanceOf: CliError });
  t.is(full.status, 74);
});

test("whatever is written after the reader has gone fails alike", async (t) => {
  const output = new Output(failing("EPIPE"));
  await t.throwsAsync(output.write("x"), { instanceOf: OutputClosedError });
  await t.throwsAsync(output.write("y"), { instanceOf: OutputClosedError });
});
