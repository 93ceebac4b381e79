/** What became of a mutant, read from what the simulation says. */

/** What the simulation says. */
export type Outcome =
  | {
      readonly kind: "caught";
      readonly seed: number;
      /** The function that noticed, as "folder/file function". */
      readonly by: string;
      /** The first line of what it says. */
      readonly words: string;
    }
  /** The simulation of this seed came to no end. */
  | { readonly kind: "hung"; readonly seed: number }
  /** The process ended without a word of the simulation. */
  | { readonly kind: "died"; readonly seed: number; readonly words: string }
  | { readonly kind: "survived"; readonly seeds: number };

/** Or the compiler takes exception to it: then the mutant is at fault, and shows nothing. */
export type Verdict = Outcome | { readonly kind: "unbuilt"; readonly words: string };

const FRAME =
  /^ +at (?:async )?(?:new )?(?:(.+) \()?(?:file:\/\/)?.*?\/dist\/(?:test|(src))\/(.+?)\.js:\d+:\d+\)?$/;
/** It speaks for its callers. */
const ASSERTION = "base/assert";

/** `stack` is what the simulation of `seed` failed with. */
export function theFailure(seed: number, stack: string): Extract<Outcome, { kind: "caught" }> {
  const words = stack.split("\n")[0] ?? "";
  return { kind: "caught", seed, by: whoNoticed(stack), words: withoutKind(words) };
}

/** The innermost function of ours that is on the stack. */
function whoNoticed(stack: string): string {
  for (const line of stack.split("\n")) {
    const [, called = "", source, file] = FRAME.exec(line) ?? [];
    if (file === undefined || file === ASSERTION) continue;
    const where = source === undefined ? file : `${source}/${file}`;
    const what = called.split(/[. ]/).at(-1);
    return what ? `${where} ${what}` : where;
  }
  return "?";
}

/** "AssertionError: words" says nothing more than the words. */
function withoutKind(words: string): string {
  return words.replace(/^\w*Error(?: \[\w+\])?: /, "");
}
