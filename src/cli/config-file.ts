/**
 * The configuration files of the command-line tool: one's own, `$XDG_CONFIG_HOME/kvraft/config.toml`, and the system's. The TOML parser
 * is loaded only when there is one.
 *
 *     endpoints = ["10.0.0.1:6840", "10.0.0.2:6840"]
 *     context = "staging"
 *
 *     [contexts.staging]
 *     endpoints = ["10.9.0.1:6840"]
 *     timeout = "2s"
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "../base/exit-status.js";
import { CliError } from "./failure.js";
import { type ConfigFile, SETTING_NAMES, type SettingName, type SettingTexts } from "./settings.js";
import { xdgDirectory } from "./xdg.js";

const SYSTEM_PATH = "/etc/kvraft/client.toml";

/** Where to look, one's own first. */
export function configFilePaths(
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return [join(xdgDirectory(environment, "XDG_CONFIG_HOME"), "config.toml"), SYSTEM_PATH];
}

/** Those that are there. @throws CliError 78, naming the file and the key. */
export async function readConfigFiles(paths: readonly string[]): Promise<readonly ConfigFile[]> {
  const files: ConfigFile[] = [];
  for (const path of paths) {
    const text = readIfThere(path);
    if (text !== null) files.push(await parseConfig(path, text));
  }
  return files;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw configError(`the configuration file cannot be read: ${message}`);
  }
}

async function parseConfig(path: string, text: string): Promise<ConfigFile> {
  const { parse, TomlError } = await import("smol-toml");
  let document: Record<string, unknown>;
  try {
    document = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The message goes on with an excerpt of the file; its first line says what is wrong.
    throw configError(`${path}:${error.line}:${error.column}: ${error.message.split("\n")[0]}`);
  }
  const { context, contexts = {}, ...settings } = document;
  if (context !== undefined && typeof context !== "string") throw configError(`${path}: context: not a name`);
  return { path, texts: readTexts(path, settings), contexts: readContexts(path, contexts), context };
}

function readContexts(path: string, contexts: unknown): ReadonlyMap<string, SettingTexts> {
  if (!isTable(contexts)) throw configError(`${path}: contexts: not a table of contexts`);
  const byName = new Map<string, SettingTexts>();
  for (const [name, settings] of Object.entries(contexts)) {
    const place = `${path}: contexts.${name}`;
    if (!isTable(settings)) throw configError(`${place}: not a table of settings`);
    byName.set(name, readTexts(place, settings));
  }
  return byName;
}

function readTexts(place: string, settings: Readonly<Record<string, unknown>>): SettingTexts {
  const texts: Partial<Record<SettingName, string>> = {};
  for (const [key, value] of Object.entries(settings)) {
    const name = SETTING_NAMES.find((known) => known === key);
    if (name === undefined)
      throw configError(`${place}: ${key}: no such setting; there are ${SETTING_NAMES.join(", ")}`);
    texts[name] = asText(`${place}: ${key}`, value);
  }
  return texts;
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function asText(place: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join(",");
  throw configError(`${place}: neither a text in quotation marks nor a list of such`);
}

function configError(message: string): CliError {
  return new CliError(EXIT.configuration, message, "Nothing was sent.");
}
