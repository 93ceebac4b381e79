/**
 * One pair as `export` writes it and `import` reads it: a line of JSON, `{"key":{"base64":"…"},"value":{"base64":"…"}}`. What a person
 * writes may have `utf8` in the place of `base64`.
 */
import { Buffer } from "node:buffer";
import type { Pair } from "../../clerk/clerk.js";
import { asBuffer } from "../../wire/bytes.js";

export function pairLine({ key, value }: Pair): string {
  return `{"key":{"base64":"${base64(key)}"},"value":{"base64":"${base64(value)}"}}\n`;
}

/** Null: the line is no pair. */
export function parsePairLine(line: string): Pair | null {
  let pair: unknown;
  try {
    pair = JSON.parse(line);
  } catch {
    return null;
  }
  const key = parseBytes(fieldOf(pair, "key"));
  const value = parseBytes(fieldOf(pair, "value"));
  return key === null || value === null || key.length === 0 ? null : { key, value };
}

function parseBytes(field: unknown): Uint8Array | null {
  const text = fieldOf(field, "base64");
  if (typeof text === "string") {
    const bytes = Buffer.from(text, "base64");
    // Node passes over what is no base64.
    return bytes.toString("base64") === text ? bytes : null;
  }
  const utf8 = fieldOf(field, "utf8");
  return typeof utf8 === "string" ? Buffer.from(utf8) : null;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function base64(bytes: Uint8Array): string {
  return asBuffer(bytes).toString("base64");
}
