/**
 * The daemon's configuration file: TOML whose keys are the flags' names without the dashes.
 */
import { readFileSync } from "node:fs";
import { parse, TomlError } from "smol-toml";
import { EXIT } from "../base/exit-status.js";
import type { ConfigFile } from "./config.js";
import { StartError } from "./failure.js";
import { SETTINGS } from "./settings.js";

/** @throws StartError 78, naming the file and the key. */
export function readConfigFile(path: string): ConfigFile {
  return parseConfigFile(path, readText(path));
}

export function parseConfigFile(path: string, text: string): ConfigFile {
  const names = new Set<string>(Object.values(SETTINGS).map((setting) => setting.name));
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(parseToml(path, text))) {
    if (!names.has(key)) {
      throw new StartError(EXIT.configuration, `${path}: ${key}: no such setting\nTry: kvraftd --help`);
    }
    texts.set(key, asText(path, key, value));
  }
  return { path, texts };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(EXIT.configuration, `the configuration file cannot be read: ${reason}`);
  }
}

function parseToml(path: string, text: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The message goes on with an excerpt of the file; its first line says what is wrong.
    const reason = error.message.split("\n")[0];
    throw new StartError(EXIT.configuration, `${path}:${error.line}:${error.column}: ${reason}`);
  }
}

/** Values are written as on the command line; plain numbers and lists are welcome where they read well. */
function asText(path: string, key: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join(",");
  throw new StartError(EXIT.configuration, `${path}: ${key}: neither text nor a whole number`);
}
