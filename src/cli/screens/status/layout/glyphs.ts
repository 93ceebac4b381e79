/** The characters that are no words: one set for terminals that show UTF-8, one of ASCII. Each stands for one column. */

export interface Glyphs {
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
  readonly arrow: string;
  readonly enter: string;
  readonly upDown: string;
  /** From empty to full. */
  readonly bar: readonly string[];
  /** From the lowest to the highest. */
  readonly spark: readonly string[];
}

export const UNICODE: Glyphs = {
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
  arrow: "→",
  enter: "⏎",
  upDown: "↑↓",
  bar: ["·", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
  spark: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
};

export const ASCII: Glyphs = {
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
  arrow: ">",
  enter: "Enter",
  upDown: "arrows",
  bar: [".", "#"],
  spark: ["_", ".", "-", "=", "#"],
};

/** As the C library decides it: the first of the three variables that says anything. */
export function glyphsFor(environment: Readonly<Record<string, string | undefined>>): Glyphs {
  const { LC_ALL, LC_CTYPE, LANG } = environment;
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || "") ? UNICODE : ASCII;
}
