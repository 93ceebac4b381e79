/** The results, for people. */
import type { Verdict } from "./verdict.js";

export interface Result {
  readonly name: string;
  readonly verdict: Verdict;
  /** Null: not asked for. */
  readonly failingSuites: readonly string[] | null;
}

const WORDS_MAX = 90;

/** One line for each mutant, and the sums. */
export function describeResults(results: readonly Result[]): string {
  const rows = [["mutant", "seed", "noticed by", "suites", "in its words"], ...results.map(row)];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const survivors = results.filter((result) => !isNoticed(result));
  const sum = `${results.length - survivors.length} of ${results.length} mutants are noticed`;
  const left = survivors.length === 0 ? "" : `; alive: ${survivors.map(({ name }) => name).join(", ")}`;
  return `${lines.join("\n")}\n${sum}${left}\n`;
}

/** It cannot hide from the simulation. */
export function isNoticed({ verdict }: Result): boolean {
  return verdict.kind !== "survived" && verdict.kind !== "unbuilt";
}

/** One line while the others are still at work. */
export function describeResult(result: Result): string {
  return row(result)
    .filter((cell) => cell !== "")
    .join("  ");
}

function row({ name, verdict, failingSuites }: Result): string[] {
  const suites = failingSuites === null ? "" : failingSuites.join(" ") || "none";
  switch (verdict.kind) {
    case "caught":
      return [name, `${verdict.seed}`, verdict.by, suites, shortened(verdict.words)];
    case "hung":
      return [name, `${verdict.seed}`, "nobody: the run came to no end", suites, ""];
    case "died":
      return [name, `${verdict.seed}`, "nobody: the process ended", suites, shortened(verdict.words)];
    case "survived":
      return [name, `>${verdict.seeds}`, "NOBODY", suites, ""];
    case "unbuilt":
      return [name, "-", "DOES NOT BUILD", suites, shortened(verdict.words)];
  }
}

function shortened(words: string): string {
  return words.length <= WORDS_MAX ? words : `${words.slice(0, WORDS_MAX - 1)}…`;
}
