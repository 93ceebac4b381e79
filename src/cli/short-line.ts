/**
 * Understands the command lines that scripts write, such as `kvraft -e HOST:PORT get KEY`, without the grammar: to load that and
 * build it up takes longer than to ask the cluster. Whatever is written in another way (help, mistakes, `--`, `--option=value`)
 * is left to the grammar, which alone says what is wrong; a test holds the two to one meaning.
 */
import type { ShortName } from "./command-table.js";
import type { Flags } from "./settings.js";

/** What a short command is asked to do. */
export interface ShortLine {
  readonly key: string;
  /** Absent: none was given; always so for commands that take none. */
  readonly value: string | undefined;
  readonly flags: Flags;
}

const OPTIONS: ReadonlyMap<string, keyof Flags> = new Map([
  ["--context", "context"],
  ["-e", "endpoints"],
  ["--endpoints", "endpoints"],
  ["--timeout", "timeout"],
  ["-o", "output"],
  ["--output", "output"],
]);

/** How many words may follow the name. */
const WORDS_MAX: ReadonlyMap<string, number> = new Map<ShortName, number>([
  ["put", 2],
  ["append", 2],
  ["get", 1],
  ["delete", 1],
]);

/** Null: it is left to the grammar. */
export function readShortLine(argv: readonly string[]): { name: ShortName; line: ShortLine } | null {
  const flags: { -readonly [Name in keyof Flags]: string } = {};
  const words: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] as string;
    const option = OPTIONS.get(argument);
    if (option !== undefined) {
      const text = argv[++at];
      if (text === undefined || text.startsWith("-")) return null;
      flags[option] = text;
    } else if (argument.startsWith("-") && argument !== "-") {
      return null;
    } else {
      words.push(argument);
    }
  }
  const [name = "", key, value] = words;
  if (key === undefined || words.length - 1 > (WORDS_MAX.get(name) ?? 0)) return null;
  return { name: name as ShortName, line: { key, value, flags } };
}
