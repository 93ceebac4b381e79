/**
 * The words of a line, as a shell has them: '…' as it stands, "…" with the escapes that `escapeBytes` writes, a backslash before one
 * character, # before a comment. Pure. Bytes that are not UTF-8 stand in words as in `argument-bytes.ts`.
 */
import { byteCharacter } from "../argument-bytes.js";
import { usageError } from "../failure.js";

/** The quote that the end of a line lies in; empty: none. */
export type OpenQuote = "" | "'" | '"';

export interface Split {
  readonly words: readonly string[];
  /** Why the line is no command; null: it is one. */
  readonly fault: string | null;
  /** Where the last of `words` begins if it goes on where the line ends; else where the line ends. */
  readonly lastFrom: number;
  readonly open: OpenQuote;
}

const BLANK = /[ \t]+/y;
const PLAIN = /[^ \t'"\\]+/y;
const SINGLE = /'[^']*'/y;
const DOUBLE = /"[^"\\]*(?:\\.[^"\\]*)*"/suy;
const ESCAPED = /\\./suy;

/** @throws CliError 64: an open quote, or no escape that there is */
export function splitLine(line: string): readonly string[] {
  const { words, fault } = split(line);
  if (fault !== null) throw usageError(fault, "repl");
  return words;
}

/** Messages say `kvraft resume ID`: what they say may be typed here as it stands. */
export function withoutName(words: readonly string[]): readonly string[] {
  return words[0] === "kvraft" ? words.slice(1) : words;
}

/** Of a line that is still being typed, too. */
export function split(line: string): Split {
  const words: string[] = [];
  let word: string | null = null;
  let from = line.length;
  for (let at = 0; at < line.length; ) {
    const blank = matchAt(BLANK, line, at);
    if (blank !== "") {
      if (word !== null) words.push(word);
      word = null;
      at += blank.length;
    } else if (word === null && line[at] === "#") {
      break;
    } else {
      const piece = pieceAt(line, at);
      if (word === null) from = at;
      word = (word ?? "") + piece.meaning;
      at += piece.text.length;
      if (piece.fault !== null) {
        words.push(word);
        return { words, fault: piece.fault, lastFrom: from, open: piece.open };
      }
    }
  }
  if (word !== null) words.push(word);
  return { words, fault: null, lastFrom: word === null ? line.length : from, open: "" };
}

/**
 * What to type after a word whose end is `open` so that it goes on with `text` and ends there; null: it cannot be typed there. `atStart`:
 * nothing of the word has been typed.
 */
export function quoteRest(text: string, open: OpenQuote, atStart: boolean): string | null {
  if (/\p{C}/u.test(text)) return null;
  switch (open) {
    case "'":
      return text.includes("'") ? null : `${text}'`;
    case '"':
      return `${text.replace(/["\\]/g, "\\$&")}"`;
    default:
      return text.replace(/[ '"\\]/g, "\\$&").replace(/^#/, atStart ? "\\#" : "#");
  }
}

interface Piece {
  readonly text: string;
  readonly meaning: string;
  readonly fault: string | null;
  readonly open: OpenQuote;
}

/** Of a word: the longest that is written in one way. */
function pieceAt(line: string, at: number): Piece {
  const plain = matchAt(PLAIN, line, at);
  if (plain !== "") return sound(plain, plain);
  const single = matchAt(SINGLE, line, at);
  if (single !== "") return sound(single, single.slice(1, -1));
  const double = matchAt(DOUBLE, line, at);
  if (double !== "") return doubleQuoted(double);
  const escaped = matchAt(ESCAPED, line, at);
  if (escaped !== "") return sound(escaped, escaped.slice(1));
  const text = line.slice(at);
  if (text === "\\") return { text, meaning: "", fault: "the line ends with a backslash", open: "" };
  const open = text[0] as OpenQuote;
  const meaning = open === "'" ? text.slice(1) : (unescaped(text.slice(1)) ?? "");
  return { text, meaning, fault: `a quote is open: ${shorten(text)}`, open };
}

function sound(text: string, meaning: string): Piece {
  return { text, meaning, fault: null, open: "" };
}

function doubleQuoted(text: string): Piece {
  const meaning = unescaped(text.slice(1, -1));
  if (meaning !== null) return sound(text, meaning);
  const fault = `in ${shorten(text)} a backslash stands before what it does not escape; '…' takes everything as it is`;
  return { text, meaning: "", fault, open: "" };
}

const NAMED: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** Null: something is escaped that cannot be. Letters and digits that mean nothing yet may mean something later. */
function unescaped(text: string): string | null {
  let isSound = true;
  const meaning = text.replace(/\\(?:x([0-9a-fA-F]{2})|(.?))/gsu, (_, hex?: string, character = "") => {
    if (hex !== undefined) return byteCharacter(Number.parseInt(hex, 16));
    const named = NAMED[character];
    isSound &&= named !== undefined || /^[^\p{L}\p{N}]$/u.test(character);
    return named ?? character;
  });
  return isSound ? meaning : null;
}

function matchAt(pattern: RegExp, line: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(line)?.[0] ?? "";
}

const SHOWN_MAX = 40;

function shorten(text: string): string {
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}
