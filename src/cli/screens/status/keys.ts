/** The keys of the live view: what each means, what the help says of it, and what the bottom line says where there is room. */
import type { Glyphs } from "./layout/glyphs.js";

export type Action =
  | "quit"
  | "suspend"
  | "help"
  | "pause"
  | "slower"
  | "faster"
  | "up"
  | "down"
  | "enter"
  | "back"
  | "elections"
  | "matrix"
  | "transfer";

interface Binding {
  readonly action: Action;
  /** As {@link StatusScreen} names them. */
  readonly keys: readonly string[];
  readonly label: (glyphs: Glyphs) => string;
  readonly help: string;
  /** For the bottom line; absent: it is not there. */
  readonly hint?: string;
}

/** In the order of the help and of the bottom line, which leaves out the last first. */
export const BINDINGS: readonly Binding[] = [
  {
    action: "quit",
    keys: ["q", "ctrl-c"],
    label: () => "q",
    help: "quit; Ctrl-C does as well, and Ctrl-Z suspends",
    hint: "quit",
  },
  { action: "suspend", keys: ["ctrl-z"], label: () => "", help: "" },
  { action: "help", keys: ["?"], label: () => "?", help: "this help, and back", hint: "help" },
  {
    action: "enter",
    keys: ["return"],
    label: ({ enter }) => enter,
    help: "details of the chosen member",
    hint: "details",
  },
  { action: "matrix", keys: ["m"], label: () => "m", help: "who hears whom", hint: "matrix" },
  { action: "elections", keys: ["e"], label: () => "e", help: "the last elections", hint: "elections" },
  { action: "pause", keys: ["p"], label: () => "p", help: "pause, and go on", hint: "pause" },
  {
    action: "transfer",
    keys: ["t"],
    label: () => "t",
    help: "transfer leadership to the chosen member, with --allow-actions",
    hint: "transfer",
  },
  { action: "faster", keys: ["+", "="], label: () => "+", help: "ask more often", hint: "faster" },
  { action: "slower", keys: ["-"], label: () => "-", help: "ask less often", hint: "slower" },
  {
    action: "up",
    keys: ["up", "k"],
    label: ({ upDown }) => upDown,
    help: "choose a member, or scroll; j and k do as well",
  },
  { action: "down", keys: ["down", "j"], label: () => "", help: "" },
  { action: "back", keys: ["escape"], label: () => "Esc", help: "back to the members" },
];

const ACTIONS = new Map(BINDINGS.flatMap(({ action, keys }) => keys.map((key) => [key, action] as const)));

/** Undefined: the key means nothing. */
export function actionOf(key: string): Action | undefined {
  return ACTIONS.get(key);
}
