import test from "ava";
import fc from "fast-check";
import { SHORT_COMMANDS } from "../../src/cli/command-table.js";
import { readShortLine } from "../../src/cli/short-line.js";
import { grammar } from "./grammar.js";

interface Understood {
  readonly name: string;
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, unknown>>;
}

/** What the grammar understands; null: it refuses, or answers by itself. */
async function byGrammar(argv: readonly string[]): Promise<Understood | null> {
  const program = await grammar(argv);
  let understood: Understood | null = null;
  for (const command of program.commands) {
    command.action(() => {
      understood = { name: command.name(), words: command.args, flags: command.optsWithGlobals() };
    });
  }
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch {
    return null;
  }
  return understood;
}

function byHand(argv: readonly string[]): Understood | null {
  const short = readShortLine(argv);
  if (short === null) return null;
  const { key, value, flags } = short.line;
  const defaults = short.name === "get" ? { consistency: "linearizable" } : {};
  const words = value === undefined ? [key] : [key, value];
  return { name: short.name, words, flags: { ...defaults, ...flags } };
}

for (const line of [
  ["get", "k"],
  ["delete", "k"],
  ["put", "k"],
  ["put", "k", "v"],
  ["put", "k", "-"],
  ["append", "k", "@file"],
  ["put", "", ""],
  ["get", "__proto__"],
  ["get", "scan"],
  ["get", "help"],
  ["-e", "a:1,b:2", "--timeout", "1s", "-o", "json", "get", "k"],
  ["put", "--endpoints", "a:1", "k", "--output", "text", "v"],
  ["-e", "a:1", "get", "k", "-e", "b:2"],
  ["--context", "c", "get", "k"],
]) {
  test(`read by hand, as the grammar does: ${JSON.stringify(line)}`, async (t) => {
    t.not(byHand(line), null);
    t.deepEqual(byHand(line), await byGrammar(line));
  });
}

for (const line of [
  [],
  ["get"],
  ["get", "a", "b"],
  ["put", "a", "b", "c"],
  ["get", "--", "k"],
  ["get", "-5"],
  ["get", "k", "-ojson"],
  ["get", "k", "--output=json"],
  ["get", "k", "-o"],
  ["get", "k", "-e", "-o"],
  ["get", "k", "--help"],
  ["--version"],
  ["scan", "k"],
  ["constructor", "k"],
]) {
  test(`left to the grammar: ${JSON.stringify(line)}`, (t) => {
    t.is(readShortLine(line), null);
  });
}

test("what is read by hand means the same to the grammar", async (t) => {
  const words = [
    ...Object.keys(SHORT_COMMANDS),
    "scan",
    "help",
    "k",
    "",
    "-",
    "__proto__",
    "constructor",
    "a:1",
  ];
  const options = [
    "-e",
    "--endpoints",
    "--timeout",
    "--context",
    "-o",
    "--output",
    "--",
    "-x",
    "-5",
    "-h",
    "-V",
    "-ojson",
  ];
  const argument = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...words) }, fc.constantFrom(...options));
  const name = fc.constantFrom(...Object.keys(SHORT_COMMANDS));
  const line = fc
    .tuple(fc.array(argument, { maxLength: 2 }), name, fc.array(argument, { minLength: 1, maxLength: 4 }))
    .map(([before, command, after]) => [...before, command, ...after]);
  let read = 0;
  await fc.assert(
    fc.asyncProperty(line, async (argv) => {
      const understood = byHand(argv);
      if (understood === null) return;
      read++;
      t.deepEqual(understood, await byGrammar(argv));
    }),
    { numRuns: 1000 },
  );
  t.true(read > 100);
});
