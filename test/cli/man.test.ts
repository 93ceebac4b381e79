import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { readConfigFiles } from "../../src/cli/config-file.js";
import { DEFAULTS, readSettings, SETTING_NAMES } from "../../src/cli/settings.js";
import { keysOf, literalsOf, manualPage, manualPages, sectionOf } from "../base/manual-page.js";
import { grammar, visible } from "./grammar.js";
import { temporaryDirectory } from "./temporary-directory.js";

const source = manualPage("kvraft.1");

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

test("kvraft.toml(5) has every key of the tool with its default, and no other", (t) => {
  const keys = keysOf(sectionOf(manualPage("kvraft.toml.5"), "KEYS OF THE TOOL"));
  t.deepEqual([...keys.keys()], [...SETTING_NAMES, "context", "contexts"]);
  for (const name of SETTING_NAMES)
    t.true(keys.get(name)?.includes(`Default\n.Li ${DEFAULTS[name]} .`), name);
});

test("the tool understands the example in kvraft.toml(5)", async (t) => {
  const [example = ""] = literalsOf(sectionOf(manualPage("kvraft.toml.5"), "EXAMPLES"));
  const path = join(await temporaryDirectory(t), "config.toml");
  await writeFile(path, example);
  const files = await readConfigFiles([path]);
  const { endpoints, timeoutMs } = readSettings({ flags: { context: "staging" }, environment: {}, files });
  t.deepEqual({ endpoints, timeoutMs }, { endpoints: ["10.9.0.1:6840"], timeoutMs: 10_000 });
});

const { error } = spawnSync("mandoc", ["-V"]);
(error === undefined ? test : test.skip)("mandoc finds nothing to say about the pages", (t) => {
  const { stdout } = spawnSync("mandoc", ["-T", "lint", "-W", "warning", ...manualPages()]);
  t.is(stdout.toString(), "");
});
