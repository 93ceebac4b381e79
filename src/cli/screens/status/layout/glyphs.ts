/** The characters that are no words: one set for terminals that show UTF-8, each one column wide, and one of ASCII. */
import { isUtf8Locale } from "../../../sparkline.js";

export interface Glyphs {
  readonly isAscii: boolean;
  readonly leader: string;
  readonly follower: string;
  readonly candidate: string;
  readonly down: string;
  readonly asking: string;
  readonly yes: string;
  readonly no: string;
  /** A cell that means nothing. */
  readonly none: string;
  /** Marks the row that is chosen. */
  readonly pointer: string;
  readonly separator: string;
  readonly ellipsis: string;
  readonly times: string;
  readonly enter: string;
  readonly upDown: string;
  /** From empty to full. */
  readonly bar: readonly string[];
}

export const UNICODE: Glyphs = {
  isAscii: false,
  leader: "●",
  follower: "○",
  candidate: "◐",
  down: "✗",
  asking: "…",
  yes: "✓",
  no: "✗",
  none: "·",
  pointer: "▸",
  separator: "·",
  ellipsis: "…",
  times: "×",
  enter: "⏎",
  upDown: "↑↓",
  bar: ["·", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
};

export const ASCII: Glyphs = {
  isAscii: true,
  leader: "*",
  follower: "o",
  candidate: "~",
  down: "x",
  asking: ".",
  yes: "+",
  no: "x",
  none: ".",
  pointer: ">",
  separator: "-",
  ellipsis: "...",
  times: "x",
  enter: "Enter",
  upDown: "arrows",
  bar: [".", "#"],
};

export function glyphsFor(environment: Readonly<Record<string, string | undefined>>): Glyphs {
  return isUtf8Locale(environment) ? UNICODE : ASCII;
}
