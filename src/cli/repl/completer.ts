/** What Tab offers: the same candidates as in a shell, written so that the line stays one. */
import type { Command } from "commander";
import { candidates } from "../completion/candidates.js";
import type { Flags } from "../settings.js";
import { quoteRest, split, withoutName } from "./words.js";

/** As readline wants it: words as they are to be typed, and what of them has been. */
export type Completion = [found: string[], typed: string];

/** `line`: up to the cursor. `keysLike`: the keys that begin with a prefix, in the cluster that the flags name. */
export async function completeLine(
  line: string,
  program: Command,
  keysLike: (flags: Flags, prefix: string) => Promise<readonly string[]>,
): Promise<Completion> {
  const { words, lastFrom, open } = split(line);
  const typed = line.slice(lastFrom);
  const before = typed === "" ? words : words.slice(0, -1);
  const begun = typed === "" ? "" : (words.at(-1) ?? "");
  const { words: found, wantsKeys, flags } = candidates(program, [...withoutName(before), begun]);
  const keys = wantsKeys ? await keysLike(flags, begun) : [];
  const whole = [...found.map(({ text }) => text), ...keys].flatMap((text) => {
    const rest = quoteRest(text.slice(begun.length), open, typed === "");
    return rest === null ? [] : [typed + rest];
  });
  // Where only one is left the next word may follow.
  return [whole.length === 1 ? whole.map((word) => `${word} `) : whole, typed];
}
