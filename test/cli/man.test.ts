import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "ava";
import { grammar, visible } from "./grammar.js";

const PAGE = fileURLToPath(new URL("../../../man/kvraft.1", import.meta.url));
const source = readFileSync(PAGE, "utf8");

/** The arguments of the macro `name`, wherever it is called. */
function argumentsOf(name: string): Set<string> {
  const found = new Set<string>();
  for (const line of source.split("\n").filter((each) => each.startsWith("."))) {
    let inside = false;
    for (const word of line.slice(1).split(/\s+/)) {
      if (/^[A-Z][a-z]$/.test(word)) inside = word === name;
      else if (inside && /^[-A-Za-z]/.test(word)) found.add(word);
    }
  }
  return found;
}

test("every command and option is in the manual page, and nothing else is", async (t) => {
  const commands = visible(await grammar(["help"]));
  const flags = commands.flatMap((command) =>
    command
      .createHelp()
      .visibleOptions(command)
      .flatMap(({ short, long }) => [short, long]),
  );
  const expected = new Set(flags.flatMap((flag) => (flag === undefined ? [] : [flag.slice(1)])));
  const documented = argumentsOf("Fl");
  // What the page says of other programs: none so far.
  t.deepEqual([...documented].sort(), [...expected].sort());
  const words = argumentsOf("Cm");
  for (const command of commands.slice(1)) {
    if (command.name() !== "help") t.true(words.has(command.name()), `${command.name()} is not in the page`);
  }
});

const { error } = spawnSync("mandoc", ["-V"]);
(error === undefined ? test : test.skip)("mandoc finds nothing to say about the page", (t) => {
  const { stdout } = spawnSync("mandoc", ["-T", "lint", "-W", "warning", PAGE]);
  t.is(stdout.toString(), "");
});
