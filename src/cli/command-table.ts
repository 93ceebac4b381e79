/**
 * The commands, and which of them a command line may mean: told without its grammar, so that only their files are loaded.
 */
import type { Command } from "commander";
import type { Invocation } from "./invocation.js";
import type { ShortLine } from "./short-line.js";

/** One file a command. */
export interface CommandModule {
  /** Adds it to the grammar. */
  readonly define: (program: Command, invocation: Invocation) => void;
}

/** Of a command that is over in a moment. */
export interface ShortCommandModule extends CommandModule {
  readonly run: (invocation: Invocation, line: ShortLine) => Promise<void>;
}

export const SHORT_COMMANDS = {
  put: () => import("./commands/put.js"),
  append: () => import("./commands/append.js"),
  get: () => import("./commands/get.js"),
  delete: () => import("./commands/delete.js"),
} satisfies Record<string, () => Promise<ShortCommandModule>>;
export type ShortName = keyof typeof SHORT_COMMANDS;

export type CommandTable = Readonly<Record<string, () => Promise<CommandModule>>>;

/** In the order of the help. Each is loaded only where it may be meant, since loading takes most of a short command's time. */
export const COMMANDS: CommandTable = {
  ...SHORT_COMMANDS,
  scan: () => import("./commands/scan.js"),
  explain: () => import("./commands/explain.js"),
  resume: () => import("./commands/resume.js"),
  outcome: () => import("./commands/outcome.js"),
  status: () => import("./commands/status.js"),
  repl: () => import("./commands/repl.js"),
  health: () => import("./commands/health.js"),
  doctor: () => import("./commands/doctor.js"),
  verify: () => import("./commands/verify.js"),
  export: () => import("./commands/export.js"),
  import: () => import("./commands/import.js"),
  bench: () => import("./commands/bench.js"),
  config: () => import("./commands/config.js"),
  completion: () => import("./commands/completion.js"),
  complete: () => import("./commands/complete.js"),
  playground: () => import("./commands/playground.js"),
};
const HELP_FLAGS = ["-h", "--help", "help"];

/** The commands that may be meant: help and suggestions need all of them. */
export function namesIn(argv: readonly string[], commands: CommandTable = COMMANDS): readonly string[] {
  const all = Object.keys(commands);
  if (HELP_FLAGS.some((flag) => argv.includes(flag))) return all;
  const named = all.filter((name) => argv.includes(name));
  return named.length === 0 ? all : named;
}

/** Nothing but short commands can be meant, and none of the others' files is needed. */
export function isShort(argv: readonly string[]): boolean {
  return namesIn(argv).every((name) => name in SHORT_COMMANDS);
}
