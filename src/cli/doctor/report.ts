/** The findings of `kvraft doctor` as text and as JSON. */
import { jsonDocument } from "../format.js";
import type { Check, Examined, Finding, Verdict } from "./check.js";

export interface Examination extends Finding {
  readonly name: string;
}

const WORDS: Readonly<Record<Verdict, string>> = { ok: "ok", warning: "WARNING", trouble: "TROUBLE" };

export function examine(checks: readonly Check[], examined: Examined): readonly Examination[] {
  return checks.map(({ name, examine: look }) => ({ name, ...look(examined) }));
}

/** A line a check, and below it what to do. */
export function doctorText(examinations: readonly Examination[]): string {
  const widths = {
    word: Math.max(...Object.values(WORDS).map(({ length }) => length)),
    name: Math.max(...examinations.map(({ name }) => name.length)),
  };
  const lines = examinations.flatMap(({ name, verdict, text, fix }) => {
    const start = `${WORDS[verdict].padEnd(widths.word)}  ${name.padEnd(widths.name)}  `;
    return [`${start}${text}`, ...(fix === "" ? [] : [`${" ".repeat(start.length)}Fix: ${fix}`])];
  });
  return `${lines.join("\n")}\n`;
}

export function doctorJson(examinations: readonly Examination[]): string {
  return jsonDocument({
    checks: examinations.map(({ name, verdict, text, fix }) => ({
      name,
      verdict,
      text,
      ...(fix === "" ? {} : { fix }),
    })),
  });
}

export function worst(examinations: readonly Examination[]): Verdict {
  const verdicts = new Set(examinations.map(({ verdict }) => verdict));
  if (verdicts.has("trouble")) return "trouble";
  return verdicts.has("warning") ? "warning" : "ok";
}
