/** What a mutant is, and how it changes a source. Touches no file itself. */

/** One deliberate fault in the product, which the simulation has to notice. */
export interface Mutant {
  /** Unique, kebab-case. */
  readonly name: string;
  /** One sentence: what goes wrong with it, and where the rule stands that it breaks. */
  readonly breaks: string;
  readonly edits: readonly Edit[];
}

export interface Edit {
  /** From the root of the repository. */
  readonly file: string;
  /** Occurs in the file exactly once: then the fault is where it was meant to be. */
  readonly find: string;
  readonly replace: string;
}

/** The source has moved on from under a mutant, which has to follow. */
export class StaleMutantError extends Error {
  override readonly name = "StaleMutantError";
}

/** `source` with the edit made. Throws StaleMutantError unless there is exactly one place for it. */
export function edited(source: string, mutant: Mutant, { file, find, replace }: Edit): string {
  const places = source.split(find).length - 1;
  if (places !== 1) {
    throw new StaleMutantError(
      `${mutant.name} has gone stale: its text occurs ${places} times in ${file}:\n${find}`,
    );
  }
  // Not as a pattern: "$" in a replacement stands for itself.
  return source.replace(find, () => replace);
}
