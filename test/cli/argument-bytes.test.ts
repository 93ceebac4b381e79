import test from "ava";
import fc from "fast-check";
import { argumentBytes, exactArguments } from "../../src/cli/argument-bytes.js";
import { CliError } from "../../src/cli/failure.js";

/** A process whose arguments are these bytes: what Node makes of them, and what /proc says. */
function processWith(args: readonly Uint8Array[]) {
  const before = ["/usr/bin/node", "--no-warnings", "/srv/kvraft.js"].map((text) => Buffer.from(text));
  const commandLine = Buffer.concat([...before, ...args].flatMap((bytes) => [bytes, Buffer.of(0)]));
  return { decoded: args.map((bytes) => Buffer.from(bytes).toString("utf8")), read: () => commandLine };
}

const argument = fc
  .oneof(
    fc.uint8Array({ min: 1, max: 255, maxLength: 12 }),
    fc.string().map((text) => new TextEncoder().encode(text)),
  )
  .map((bytes) => bytes.filter((byte) => byte !== 0));

test("PITFALLS 51: arguments of any bytes come back to the byte", (t) => {
  fc.assert(
    fc.property(fc.array(argument, { minLength: 1, maxLength: 4 }), (args) => {
      const { decoded, read } = processWith(args);
      t.deepEqual(exactArguments(decoded, read).map(argumentBytes).map(Buffer.from), args.map(Buffer.from));
    }),
    { numRuns: 300 },
  );
});

test("arguments that are valid UTF-8 are taken as they are, and nothing is read", (t) => {
  const refuse = () => t.fail("the command line was read");
  t.deepEqual(exactArguments(["put", "ключ", "\u{1f600}"], refuse as never), ["put", "ключ", "\u{1f600}"]);
  t.deepEqual(Buffer.from(argumentBytes("\u{1f600}")), Buffer.from("\u{1f600}"));
});

test("a genuine U+FFFD stays what it is", (t) => {
  const { decoded, read } = processWith([Buffer.from("a\ufffdb")]);
  t.deepEqual(exactArguments(decoded, read).map(argumentBytes).map(Buffer.from), [Buffer.from("a\ufffdb")]);
});

test("where the bytes cannot be read back, an argument that may have lost some is refused with status 64", (t) => {
  const noProc = () => {
    throw new Error("ENOENT");
  };
  t.is(t.throws(() => exactArguments(["put", "\ufffd"], noProc), { instanceOf: CliError }).status, 64);
  const another = processWith([Buffer.from("something"), Buffer.from("else")]);
  t.is(t.throws(() => exactArguments(["put", "\ufffd"], another.read), { instanceOf: CliError }).status, 64);
});
