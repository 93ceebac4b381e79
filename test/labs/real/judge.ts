/** The verdict on a history, and the evidence where it is bad. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CheckOptions, checkLinearizable } from "../../../src/lin/checker.js";
import type { Operation } from "../../../src/lin/operation.js";
import { describeVerdict } from "../../../src/lin/verdict.js";
import type { Lab } from "./lab.js";

/** Throws unless the history is linearizable; where that could not be decided, too. */
export function judge(history: readonly Operation[], options: CheckOptions = {}): void {
  const verdict = checkLinearizable(history, options);
  if (verdict.outcome !== "legal") throw new Error(describeVerdict(verdict));
}

/** The history, an operation a line, and each member's log. Resolves to the directory. */
export async function keepEvidence(lab: Lab): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "kvraft-labs-"));
  const lines = lab.recorder.history().map((operation) => `${JSON.stringify(operation)}\n`);
  await writeFile(join(directory, "history.jsonl"), lines.join(""));
  for (const [at, cluster] of lab.clusters.entries()) {
    for (const { id, log } of cluster.members) await writeFile(join(directory, `${at + 1}-${id}.log`), log);
  }
  return directory;
}
