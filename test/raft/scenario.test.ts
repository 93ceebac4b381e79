/**
 * Runs every script in test/testdata/raft. A script is a list of blocks: comments and commands, a
 * line of dashes, and the transcript that they give. After a deliberate change of behaviour
 * `REWRITE=1 npx ava dist/test/raft/scenario.test.js` writes the transcripts anew, for review.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Scenario } from "./scenario.js";

const directory = join(import.meta.dirname, "../../../test/testdata/raft");
const RULE = "----";
const FAILURE = "!";
const { REWRITE } = process.env;

/** The script with the transcripts it gives now. */
function play(script: string): string {
  const scenario = new Scenario();
  const blocks = script.trimEnd().split(/\n\n+/);
  return `${blocks.map((block) => playBlock(scenario, block)).join("\n\n")}\n`;
}

function playBlock(scenario: Scenario, block: string): string {
  const [source = ""] = block.split(`\n${RULE}`);
  const commands = source.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return commands.length === 0
    ? source
    : [source, RULE, ...commands.flatMap((line) => runLine(scenario, line))].join("\n");
}

/** A command that fails leaves its failure in the transcript, which no script may hold. */
function runLine(scenario: Scenario, line: string): readonly string[] {
  try {
    return scenario.run(line);
  } catch (error) {
    return [`${FAILURE} ${line}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

for (const name of readdirSync(directory).filter((file) => file.endsWith(".txt"))) {
  const file = join(directory, name);
  const script = readFileSync(file, "utf8");
  const title = script.split("\n")[0]?.replace(/^# /, "") ?? "";
  test(`${name}: ${title}`, (t) => {
    const played = play(script);
    if (REWRITE === "1") writeFileSync(file, played);
    else t.is(played, script);
    t.notRegex(played, new RegExp(`^${FAILURE}`, "m"));
  });
}
