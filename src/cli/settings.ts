/**
 * What every command needs to know before it starts: flag, then environment (KVRAFT_…), then the context that is
 * chosen, then the configuration files, then the default.
 */
import { formatAddress, parseAddress } from "../base/address.js";
import { EXIT } from "../base/exit-status.js";
import { parseDuration } from "../base/units.js";
import { CliError, usageError } from "./failure.js";

export interface Settings {
  /** `HOST:PORT` each, at least one. */
  readonly endpoints: readonly string[];
  /** Bounds the whole command, from when its input has been read. */
  readonly timeoutMs: number;
  readonly output: OutputFormat;
}

export type OutputFormat = "text" | "json";

export const SETTING_NAMES = ["endpoints", "timeout", "output"] as const;
export type SettingName = (typeof SETTING_NAMES)[number];
export type SettingTexts = { readonly [Name in SettingName]?: string | undefined };

/** On the command line: which context the files are asked for, and what goes before them. */
export interface Flags extends SettingTexts {
  readonly context?: string | undefined;
}

/** A configuration file that is there. */
export interface ConfigFile {
  readonly path: string;
  readonly texts: SettingTexts;
  /** Clusters, or ways to use one, by name. */
  readonly contexts: ReadonlyMap<string, SettingTexts>;
  /** The one to use where nobody says. */
  readonly context: string | undefined;
}

export interface SettingSources {
  readonly flags: Flags;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** One's own before the system's. */
  readonly files: readonly ConfigFile[];
}

/** A setting as it was written, and who says so. */
export interface FoundText {
  readonly text: string;
  readonly origin: string;
  readonly isFlag: boolean;
}

export type FoundTexts = Readonly<Record<SettingName, FoundText>>;

export const DEFAULTS = { endpoints: "127.0.0.1:6840", timeout: "5s", output: "text" } as const;

/** @throws CliError: 64 where a flag is to blame, 78 where the environment or a file is. */
export function readSettings(sources: SettingSources): Settings {
  return parseTexts(findTexts(sources));
}

/** @throws CliError as {@link readSettings} */
export function parseTexts(texts: FoundTexts): Settings {
  return {
    endpoints: read(texts.endpoints, "a list HOST:PORT,…", parseEndpoints),
    timeoutMs: read(texts.timeout, "a duration such as 500ms, 5s or 1m", parseTimeout),
    output: read(texts.output, "text or json", parseOutput),
  };
}

/** @throws CliError where a context is asked for that no file has. */
export function findTexts(sources: SettingSources): FoundTexts {
  const context = findContext(sources);
  return {
    endpoints: findText(sources, context, "endpoints"),
    timeout: findText(sources, context, "timeout"),
    output: findText(sources, context, "output"),
  };
}

function read<T>(
  { text, origin, isFlag }: FoundText,
  expected: string,
  parse: (text: string) => T | null,
): T {
  const value = parse(text);
  if (value !== null) return value;
  throw blame(`${origin}: ${JSON.stringify(text)} is not ${expected}`, isFlag);
}

function blame(message: string, isFlag: boolean): CliError {
  return isFlag ? usageError(message) : new CliError(EXIT.configuration, message, "Nothing was sent.");
}

/** A context and where it stands. */
interface Context {
  readonly origin: string;
  readonly texts: SettingTexts;
}

/** Which context is asked for, and who asks. Undefined: none. */
export function askedContext({ flags, environment, files }: SettingSources): {
  readonly name: string | undefined;
  readonly by: string;
} {
  const { KVRAFT_CONTEXT } = environment;
  if (flags.context !== undefined) return { name: flags.context, by: "--context" };
  if (KVRAFT_CONTEXT) return { name: KVRAFT_CONTEXT, by: "KVRAFT_CONTEXT" };
  const byFile = files.find(({ context }) => context !== undefined);
  return { name: byFile?.context, by: `${byFile?.path}: context` };
}

/** Null: none is asked for. */
function findContext(sources: SettingSources): Context | null {
  const { flags, files } = sources;
  const { name, by } = askedContext(sources);
  if (name === undefined) return null;
  for (const { path, contexts } of files) {
    const texts = contexts.get(name);
    if (texts !== undefined) return { origin: `${path}: contexts.${name}`, texts };
  }
  const known = files.flatMap(({ contexts }) => [...contexts.keys()]);
  const what = known.length === 0 ? "there is none" : `there are ${known.join(", ")}`;
  throw blame(`${by}: no context ${JSON.stringify(name)}; ${what}`, flags.context !== undefined);
}

function findText(
  { flags, environment, files }: SettingSources,
  context: Context | null,
  name: SettingName,
): FoundText {
  const flag = flags[name];
  if (flag !== undefined) return { text: flag, origin: `--${name}`, isFlag: true };
  const variable = `KVRAFT_${name.toUpperCase()}`;
  const fromEnvironment = environment[variable];
  // An empty variable counts as none: that is how shells unset one for a command.
  if (fromEnvironment) return { text: fromEnvironment, origin: variable, isFlag: false };
  const fromContext = context?.texts[name];
  if (context !== null && fromContext !== undefined) {
    return { text: fromContext, origin: `${context.origin}.${name}`, isFlag: false };
  }
  for (const { path, texts } of files) {
    const text = texts[name];
    if (text !== undefined) return { text, origin: `${path}: ${name}`, isFlag: false };
  }
  return { text: DEFAULTS[name], origin: "default", isFlag: false };
}

function parseEndpoints(text: string): readonly string[] | null {
  const endpoints: string[] = [];
  for (const part of text.split(",")) {
    const address = parseAddress(part.trim());
    if (address === null || address.port === 0) return null;
    endpoints.push(formatAddress(address));
  }
  return [...new Set(endpoints)];
}

function parseTimeout(text: string): number | null {
  const timeoutMs = parseDuration(text);
  // Longer ones overflow the timers of Node, which would then fire at once.
  return timeoutMs !== null && timeoutMs > 0 && timeoutMs < 2 ** 31 ? timeoutMs : null;
}

function parseOutput(text: string): OutputFormat | null {
  return text === "text" || text === "json" ? text : null;
}
