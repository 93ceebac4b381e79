import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import test from "ava";
import { CliError } from "../../src/cli/failure.js";
import { readValue } from "../../src/cli/value.js";
import { VALUE_BYTES_MAX } from "../../src/wire/limits.js";
import { temporaryDirectory } from "./temporary-directory.js";

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);

function piped(...chunks: Uint8Array[]) {
  return Object.assign(Readable.from(chunks), { isTTY: false });
}

function terminal() {
  return Object.assign(Readable.from([]), { isTTY: true });
}

test("the value is the argument itself", async (t) => {
  t.deepEqual(
    Buffer.from(await readValue("héllo", { command: "put", stdin: terminal })),
    Buffer.from("héllo"),
  );
  t.deepEqual(Buffer.from(await readValue("", { command: "put", stdin: terminal })), Buffer.alloc(0));
});

for (const argument of [undefined, "-"]) {
  test(`with ${argument ?? "nothing"} the value is stdin, exactly`, async (t) => {
    const stdin = piped(EVERY_BYTE.subarray(0, 100), EVERY_BYTE.subarray(100));
    t.deepEqual(
      new Uint8Array(await readValue(argument, { command: "put", stdin: () => stdin })),
      EVERY_BYTE,
    );
  });
}

test("nothing on a terminal is status 64", async (t) => {
  const error = await t.throwsAsync(readValue(undefined, { command: "put", stdin: terminal }), {
    instanceOf: CliError,
  });
  t.is(error.status, 64);
});

test("@FILE is the file's bytes", async (t) => {
  const path = join(await temporaryDirectory(t), "value");
  await writeFile(path, EVERY_BYTE);
  t.deepEqual(new Uint8Array(await readValue(`@${path}`, { command: "put", stdin: terminal })), EVERY_BYTE);
});

test("@FILE that cannot be read is status 74 and names it", async (t) => {
  const directory = await temporaryDirectory(t);
  for (const path of [join(directory, "absent"), directory]) {
    const reading = readValue(`@${path}`, { command: "put", stdin: terminal });
    const error = await t.throwsAsync(reading, { instanceOf: CliError });
    t.is(error.status, 74);
    t.true(error.message.includes(path), error.message);
  }
});

test("a value longer than any key can hold is status 65, and no more than that of it is read", async (t) => {
  let chunks = 0;
  const endless = Readable.from(
    (async function* () {
      for (;;) {
        chunks++;
        yield new Uint8Array(2 ** 20);
      }
    })(),
  );
  const error = await t.throwsAsync(readValue("-", { command: "put", stdin: () => endless }), {
    instanceOf: CliError,
  });
  t.is(error.status, 65);
  t.true(chunks <= VALUE_BYTES_MAX / 2 ** 20 + 32, `${chunks} MiB were read`);
});

test("the longest value is taken", async (t) => {
  const stdin = piped(new Uint8Array(VALUE_BYTES_MAX));
  t.is((await readValue("-", { command: "put", stdin: () => stdin })).length, VALUE_BYTES_MAX);
});
