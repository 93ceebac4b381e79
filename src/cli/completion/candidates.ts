/** What may stand where the cursor is, by the command tree alone. Pure: keys are for the caller to look up. */
import type { Command, Option } from "commander";
import type { Flags } from "../settings.js";

export interface Candidate {
  readonly text: string;
  readonly description: string;
}

export interface Candidates {
  readonly words: readonly Candidate[];
  /** Keys that begin with the word may stand there as well. */
  readonly wantsKeys: boolean;
  /** Those options so far that say which cluster is meant. */
  readonly flags: Flags;
}

const NONE: readonly Candidate[] = [];
const CLUSTER_FLAGS: readonly string[] = ["endpoints", "context"] satisfies (keyof Flags)[];

/** `words`: what follows the program's name, the one at the cursor last, perhaps empty. */
export function candidates(program: Command, words: readonly string[]): Candidates {
  const flags: Record<string, string> = {};
  const done = words.slice(0, -1);
  const current = words.at(-1) ?? "";
  let command = program;
  let positionals = 0;
  let onlyPositionals = false;
  for (let at = 0; at < done.length; at++) {
    const word = done[at] as string;
    if (word === "--") {
      onlyPositionals = true;
    } else if (word.startsWith("-") && word !== "-" && !onlyPositionals) {
      const option = optionsOf(command).find(({ short, long }) => word === short || word === long);
      if (option === undefined || !(option.required || option.optional)) continue;
      const value = done[++at];
      if (value === undefined) return { words: matching(valuesOf(option), current), wantsKeys: false, flags };
      if (CLUSTER_FLAGS.includes(option.attributeName())) flags[option.attributeName()] = value;
    } else {
      const next = positionals === 0 ? subcommand(command, word) : undefined;
      if (next === undefined) positionals++;
      else command = next;
    }
  }
  if (current.startsWith("-") && !onlyPositionals) {
    return { words: matching(optionsOf(command).map(describeOption), current), wantsKeys: false, flags };
  }
  if (positionals === 0 && command.commands.length > 0) {
    const names = visibleCommands(command).map((each) => ({
      text: each.name(),
      description: each.summary(),
    }));
    return { words: matching(names, current), wantsKeys: false, flags };
  }
  const argument = command.registeredArguments[positionals];
  return { words: NONE, wantsKeys: argument?.name() === "key", flags };
}

function subcommand(command: Command, name: string): Command | undefined {
  return command.commands.find((each) => each.name() === name);
}

function visibleCommands(command: Command): readonly Command[] {
  return command.createHelp().visibleCommands(command);
}

/** The command's own, and the global ones. */
function optionsOf(command: Command): readonly Option[] {
  const options: Option[] = [];
  for (let each: Command | null = command; each !== null; each = each.parent) {
    options.push(...each.createHelp().visibleOptions(each));
  }
  return [...new Map(options.map((option) => [option.long ?? option.short, option])).values()];
}

function describeOption({ long, short, description }: Option): Candidate {
  return { text: long ?? short ?? "", description };
}

function valuesOf(option: Option): readonly Candidate[] {
  const named = option.flags.match(/<([a-z]+(?:\|[a-z]+)+)>/)?.[1]?.split("|");
  return (option.argChoices ?? named ?? []).map((text) => ({ text, description: "" }));
}

function matching(found: readonly Candidate[], prefix: string): readonly Candidate[] {
  return found.filter(({ text }) => text.startsWith(prefix));
}
