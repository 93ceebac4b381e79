/**
 * What every command needs to know before it starts: flag, then environment (KVRAFT_…), then the
 * configuration file, then the default.
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

/** The configuration file, where there is one. */
export interface ConfigFile {
  readonly path: string;
  readonly texts: SettingTexts;
}

export interface SettingSources {
  readonly flags: SettingTexts;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file: ConfigFile | null;
}

export const DEFAULTS = { endpoints: "127.0.0.1:6840", timeout: "5s", output: "text" } as const;

/** @throws CliError: 64 where a flag is to blame, 78 where the environment or the file is. */
export function readSettings(sources: SettingSources): Settings {
  return {
    endpoints: read(sources, "endpoints", "a list HOST:PORT,…", parseEndpoints),
    timeoutMs: read(sources, "timeout", "a duration such as 500ms, 5s or 1m", parseTimeout),
    output: read(sources, "output", "text or json", parseOutput),
  };
}

function read<T>(
  sources: SettingSources,
  name: SettingName,
  expected: string,
  parse: (text: string) => T | null,
): T {
  const { text, source, isFlag } = findText(sources, name);
  const value = parse(text);
  if (value !== null) return value;
  const message = `${source}: ${JSON.stringify(text)} is not ${expected}`;
  throw isFlag ? usageError(message) : new CliError(EXIT.configuration, message, "Nothing was sent.");
}

function findText({ flags, environment, file }: SettingSources, name: SettingName) {
  const flag = flags[name];
  if (flag !== undefined) return { text: flag, source: `--${name}`, isFlag: true };
  const variable = `KVRAFT_${name.toUpperCase()}`;
  const fromEnvironment = environment[variable];
  // An empty variable counts as none: that is how shells unset one for a command.
  if (fromEnvironment) return { text: fromEnvironment, source: variable, isFlag: false };
  const fromFile = file?.texts[name];
  if (file !== null && fromFile !== undefined)
    return { text: fromFile, source: `${file.path}: ${name}`, isFlag: false };
  return { text: DEFAULTS[name], source: `the default of --${name}`, isFlag: false };
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
