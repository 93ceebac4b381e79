import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { COMMANDS } from "../../src/cli/command-table.js";
import { candidates } from "../../src/cli/completion/candidates.js";
import { COMPLETION_SCRIPTS } from "../../src/cli/completion/scripts.js";
import { grammar } from "./grammar.js";
import { temporaryDirectory } from "./temporary-directory.js";

async function complete(...words: string[]) {
  const found = candidates(await grammar(["help"]), words);
  return { ...found, texts: found.words.map(({ text }) => text) };
}

test("at the beginning every command is offered, but for the one that shells call", async (t) => {
  const expected = [...Object.keys(COMMANDS).filter((name) => name !== "complete"), "help"];
  t.deepEqual([...(await complete("")).texts].sort(), expected.sort());
  t.deepEqual((await complete("sca")).texts, ["scan"]);
  t.deepEqual((await complete("-e", "a:1", "sta")).texts, ["status"]);
});

test("options of a command and the global ones are offered, and the values of those that have names", async (t) => {
  const { texts } = await complete("scan", "--");
  for (const option of ["--prefix", "--keys-only", "--endpoints", "--help"])
    t.true(texts.includes(option), option);
  t.false((await complete("get", "--")).texts.includes("--prefix"));
  t.deepEqual((await complete("get", "--consistency", "s")).texts, ["stale"]);
  t.deepEqual((await complete("-o", "")).texts, ["text", "json"]);
  t.deepEqual((await complete("config", "")).texts, ["show"]);
});

test("keys are wanted where a key stands, of the cluster that is named", async (t) => {
  t.true((await complete("get", "")).wantsKeys);
  t.true((await complete("put", "--", "-k")).wantsKeys);
  t.false((await complete("put", "k", "")).wantsKeys);
  t.false((await complete("get", "--")).wantsKeys);
  const { wantsKeys, flags } = await complete("-e", "a:1", "get", "--context", "c", "k");
  t.true(wantsKeys);
  t.deepEqual(flags, { endpoints: "a:1", context: "c" });
});

for (const shell of ["bash", "zsh", "fish"] as const) {
  const { error } = spawnSync(shell, ["--version"]);
  (error === undefined ? test : test.skip)(`${shell} understands its script`, async (t) => {
    const path = join(await temporaryDirectory(t), "script");
    await writeFile(path, COMPLETION_SCRIPTS[shell]);
    const { status, stderr } = spawnSync(shell, ["-n", path]);
    t.is(status, 0, stderr.toString());
  });
}
