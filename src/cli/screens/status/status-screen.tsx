/** Draws a session's frames with Ink, and gives it the keys. What is shown where is decided in `frame.ts`. */
import { Box, type Key, Text, type TextProps, useInput } from "ink";
import { useSyncExternalStore } from "react";
import type { Size } from "./frame.js";
import type { Line, Tone } from "./layout/line.js";
import type { LiveSession } from "./live-session.js";

export interface StatusScreenProps {
  readonly session: LiveSession;
  readonly terminal: TerminalSize;
  readonly hasColours: boolean;
  /** Of what a key asks for that is not the session's to do. */
  readonly onEffect: (effect: NonNullable<ReturnType<LiveSession["press"]>>) => void;
}

/** Changes while the screen is there. */
export interface TerminalSize {
  current(): Size;
  subscribe(changed: () => void): () => void;
}

export function StatusScreen({ session, terminal, hasColours, onEffect }: StatusScreenProps) {
  useSyncExternalStore(session.subscribe, session.version);
  const size = useSyncExternalStore(terminal.subscribe, terminal.current);
  useInput((input, key) => {
    for (const name of keyNames(input, key)) {
      const effect = session.press(name);
      if (effect !== null) onEffect(effect);
    }
  });
  const { lines } = session.frame(size);
  return (
    <Box flexDirection="column">
      {lines.map((line, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is known by where it is.
        <Row key={row} line={line} hasColours={hasColours} />
      ))}
    </Box>
  );
}

function Row({ line, hasColours }: { readonly line: Line; readonly hasColours: boolean }) {
  // Without any text there would be no row.
  if (line.length === 0) return <Text> </Text>;
  return (
    <Text wrap="truncate">
      {line.map(({ text, tone }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: likewise.
        <Text key={at} {...lookOf(tone, hasColours)}>
          {text}
        </Text>
      ))}
    </Text>
  );
}

/** Blue and orange of Okabe and Ito's colours, which people of all kinds of sight tell apart, light enough for dark screens. */
const COLOURS = { good: "#56b4e9", warning: "#e69f00" } as const;

function lookOf(tone: Tone, hasColours: boolean): TextProps {
  switch (tone) {
    case "plain":
      return {};
    case "strong":
      return { bold: true };
    case "faint":
      return { dimColor: true };
    case "good":
    case "warning":
      return hasColours ? { color: COLOURS[tone] } : {};
  }
}

/** Several where keys came faster than they were read. */
function keyNames(input: string, key: Key): readonly string[] {
  if (key.upArrow) return ["up"];
  if (key.downArrow) return ["down"];
  if (key.return) return ["return"];
  if (key.escape) return ["escape"];
  if (key.ctrl) return [`ctrl-${input}`];
  return Array.from(input, (character) => CONTROL_KEYS[character] ?? character);
}

const CONTROL_KEYS: Readonly<Record<string, string>> = {
  "\r": "return",
  "\n": "return",
  "\x03": "ctrl-c",
  "\x1a": "ctrl-z",
};
