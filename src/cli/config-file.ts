/**
 * The configuration file of the command-line tool, `$XDG_CONFIG_HOME/kvraft/config.toml`. The TOML parser is
 * loaded only when there is a file.
 */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { EXIT } from "../base/exit-status.js";
import { CliError } from "./failure.js";
import { type ConfigFile, SETTING_NAMES, type SettingName } from "./settings.js";

export function configFilePath(environment: Readonly<Record<string, string | undefined>>): string {
  const { XDG_CONFIG_HOME: base } = environment;
  // The XDG specification has relative paths ignored.
  return join(base && isAbsolute(base) ? base : join(homedir(), ".config"), "kvraft", "config.toml");
}

/** Null where there is none. @throws CliError 78, naming the file and the key. */
export async function readConfigFile(path: string): Promise<ConfigFile | null> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw configError(`the configuration file cannot be read: ${message}`);
  }
  return { path, texts: await parseConfig(path, text) };
}

async function parseConfig(path: string, text: string): Promise<Partial<Record<SettingName, string>>> {
  const { parse, TomlError } = await import("smol-toml");
  let document: Record<string, unknown>;
  try {
    document = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The message goes on with an excerpt of the file; its first line says what is wrong.
    throw configError(`${path}:${error.line}:${error.column}: ${error.message.split("\n")[0]}`);
  }
  const texts: Partial<Record<SettingName, string>> = {};
  for (const [key, value] of Object.entries(document)) {
    const name = SETTING_NAMES.find((known) => known === key);
    if (name === undefined)
      throw configError(`${path}: ${key}: no such setting; there are ${SETTING_NAMES.join(", ")}`);
    texts[name] = asText(path, key, value);
  }
  return texts;
}

function asText(path: string, key: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join(",");
  throw configError(`${path}: ${key}: not a text`);
}

function configError(message: string): CliError {
  return new CliError(EXIT.configuration, message, "Nothing was sent.");
}
