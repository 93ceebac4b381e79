import test from "ava";
import { CommanderError } from "commander";
import { explain } from "../../src/cli/explain.js";
import { grammar, visible } from "./grammar.js";

const COMMANDS = ["put", "append", "get", "delete", "scan", "status", "verify", "playground"];

/** What the grammar makes of arguments that reach no command. */
async function parse(...argv: string[]): Promise<{ said: string; error: unknown }> {
  let said = "";
  const program = await grammar(argv, {
    version: "1.2.3",
    say: (text) => {
      said += text;
    },
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return { said, error: null };
  } catch (error) {
    return { said, error };
  }
}

test("help leads with examples, names every command and lists the exit statuses", async (t) => {
  const { said, error } = await parse("--help");
  t.true(said.startsWith("Examples:"));
  for (const command of COMMANDS) t.regex(said, new RegExp(`^  ${command} `, "m"));
  for (const status of [0, 1, 64, 65, 69, 70, 74, 75, 77, 78, 130])
    t.regex(said, new RegExp(`^  ${status} `, "m"));
  t.is(explain(error, null).status, 0);
});

for (const command of COMMANDS) {
  test(`help of ${command} leads with examples and lists the exit statuses`, async (t) => {
    const { said, error } = await parse(command, "--help");
    t.true(said.startsWith("Examples:\n  kvraft "));
    t.regex(said, /^Exit status:/m);
    t.is(explain(error, null).status, 0);
  });
}

test("no command at all: the help, and status 64", async (t) => {
  const { said, error } = await parse();
  t.true(said.startsWith("Examples:"));
  t.deepEqual(explain(error, null), { status: 64, text: "" });
});

for (const [argv, message] of [
  [["pt", "k", "v"], "unknown command 'pt' (Did you mean put?)"],
  [["scan", "--prefx", "a"], "unknown option '--prefx' (Did you mean --prefix?)"],
  [["get"], "missing required argument 'key'"],
  [["get", "a", "b"], "too many arguments for 'get'. Expected 1 argument but got 2."],
  [["put", "k", "-5x"], "unknown option '-5x'"],
  [["get", "k", "-o"], "option '-o, --output <text|json>' argument missing"],
  [["scan", "--limit", "0"], '--limit: "0" is not a whole number of at least 1'],
  [["scan", "--limit", "1e3"], '--limit: "1e3" is not a whole number of at least 1'],
  [
    ["get", "k", "--consistency", "strong"],
    "option '--consistency <linearizable|stale>' argument 'strong' is invalid. Allowed choices are linearizable, stale.",
  ],
  [["get", "k", "--output", "yaml"], '--output: "yaml" is not text or json'],
  [["-e", "6840", "get", "k"], '--endpoints: "6840" is not a list HOST:PORT,…'],
  [["verify", "--clients", "0"], '--clients: "0" is not a whole number from 1 to 1000'],
  [["verify", "--keys", "few"], '--keys: "few" is not a whole number from 1 to 10000'],
  [["verify", "--duration", "10"], '--duration: "10" is not a duration such as 10s or 2m'],
  [["verify", "--judge-timeout", "0s"], '--judge-timeout: "0s" is not a duration such as 10s or 2m'],
  [
    ["verify", "--history", "h", "--record", "r"],
    "option '--record <FILE>' cannot be used with option '--history <FILE>'",
  ],
  [["playground", "--members", "0"], '--members: "0" is not a number from 1 to 9'],
] as const) {
  test(`status 64: kvraft ${argv.join(" ")}`, async (t) => {
    const { error } = await parse(...argv);
    const { status, text } = explain(error, null);
    t.is(status, 64);
    t.true(text.startsWith(`kvraft: ${message}\nkvraft: Try: kvraft `), text);
  });
}

for (const [argv, advice] of [
  [["get"], "kvraft get --help"],
  [["put", "k", "-5x"], "kvraft put --help, or -- before what begins with a dash"],
  [["pt", "k", "v"], "kvraft --help"],
] as const) {
  test(`after a wrong kvraft ${argv.join(" ")} the help named is ${advice}`, async (t) => {
    const { error } = await parse(...argv);
    t.true(explain(error, null).text.endsWith(`\nkvraft: Try: ${advice}\n`));
  });
}

test("the version is said", async (t) => {
  const { said, error } = await parse("--version");
  t.is(said, "1.2.3\n");
  t.true(error instanceof CommanderError && error.exitCode === 0);
});

test("no line of help is wider than a terminal of 80 columns", async (t) => {
  for (const command of visible(await grammar(["help"]))) {
    let said = "";
    command.configureOutput({
      writeOut: (text) => {
        said += text;
      },
    });
    command.outputHelp();
    t.not(said, "");
    t.deepEqual(
      said.split("\n").filter((line) => line.length > 80),
      [],
      command.name(),
    );
  }
});
