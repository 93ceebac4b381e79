/** A wrong verdict here would pass a fault that nobody noticed for one that was. */
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { simulateSeeds } from "./trial.js";

/** A directory that looks like a workshop, and whose simulation answers a seed by this. */
async function workshopOf(t: ExecutionContext, answer: string): Promise<string> {
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), "kvraft-trial-"));
  t.teardown(() => fs.rm(directory, { recursive: true }));
  const simulation = path.join(directory, "dist/test/sim");
  await fs.mkdir(simulation, { recursive: true });
  await fs.writeFile(path.join(directory, "package.json"), '{ "type": "module" }');
  const worker = `
    const tell = (seed, failure) =>
      process.send(failure === null ? { seed, report: {}, failure: "" } : { seed, report: null, failure });
    process.on("message", ({ seed }) => { ${answer} });`;
  await fs.writeFile(path.join(simulation, "worker.js"), worker);
  return directory;
}

test("a mutant survives when every seed is heard of and holds", async (t) => {
  const directory = await workshopOf(t, "tell(seed, null);");
  t.deepEqual(await simulateSeeds(directory, { from: 1, count: 5 }), { kind: "survived", seeds: 5 });
});

test("the first seed that fails is the verdict", async (t) => {
  const directory = await workshopOf(t, 'tell(seed, seed < 3 ? null : "AssertionError: stale at " + seed);');
  const outcome = await simulateSeeds(directory, { from: 1, count: 5 });
  t.like(outcome, { kind: "caught", seed: 3, words: "stale at 3" });
});

test("a process that ends before it has answered, even with status 0, has not survived", async (t) => {
  const directory = await workshopOf(t, "if (seed === 2) process.exit(0); tell(seed, null);");
  const outcome = await simulateSeeds(directory, { from: 1, count: 5 });
  t.like(outcome, { kind: "died", seed: 2 });
});
