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

/** A line a check, and below it what to do; longer ones go on below, so that none has more than `columns`, if words allow. */
export function doctorText(examinations: readonly Examination[], columns: number): string {
  const widths = {
    word: Math.max(...Object.values(WORDS).map(({ length }) => length)),
    name: Math.max(...examinations.map(({ name }) => name.length)),
  };
  const lines = examinations.flatMap(({ name, verdict, text, fix }) => {
    const start = `${WORDS[verdict].padEnd(widths.word)}  ${name.padEnd(widths.name)}  `;
    const width = columns - start.length;
    const [first = "", ...others] = [...wrap(text, width), ...(fix === "" ? [] : wrap(`Fix: ${fix}`, width))];
    return [`${start}${first}`, ...others.map((line) => `${" ".repeat(start.length)}${line}`)];
  });
  return `${lines.join("\n")}\n`;
}

/** Lines of whole words. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
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
