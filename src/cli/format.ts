/**
 * How keys and values look: exact bytes for programs, escaped for people, and a lossless form in JSON.
 */
import { Buffer, isUtf8 } from "node:buffer";
import { asBuffer } from "../wire/bytes.js";

/** Version of every JSON document that the commands print; it grows when a field changes its meaning. */
export const JSON_VERSION = 1;

/** A whole document, and a newline. */
export function jsonDocument(fields: object): string {
  return `${JSON.stringify({ version: JSON_VERSION, ...fields })}\n`;
}

export interface JsonBytes {
  readonly base64: string;
  /** Only where the bytes are valid UTF-8. */
  readonly utf8?: string;
}

export function jsonBytes(bytes: Uint8Array): JsonBytes {
  const buffer = asBuffer(bytes);
  const base64 = buffer.toString("base64");
  return isUtf8(buffer) ? { base64, utf8: buffer.toString("utf8") } : { base64 };
}

/**
 * For a terminal: printable text as it is, everything else escaped as in C (`\n`, `\t`, `\\`, `\x1b`), so that no
 * value can move the cursor and no two values look alike.
 */
export function escapeBytes(bytes: Uint8Array): string {
  const buffer = asBuffer(bytes);
  if (!isUtf8(buffer)) {
    return Array.from(buffer, (byte) =>
      byte < 0x80 ? escapeCharacter(String.fromCharCode(byte)) : hexEscape(byte),
    ).join("");
  }
  const text = buffer.toString("utf8");
  return PLAIN.test(text) ? text : Array.from(text, escapeCharacter).join("");
}

/** Nothing to escape; nearly all keys are like that, and what the others need takes V8 a while to get ready. */
const PLAIN = /^[ -[\]-~]*$/;

const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\\": "\\\\",
};

function escapeCharacter(character: string): string {
  const named = NAMED_ESCAPES[character];
  if (named !== undefined) return named;
  // Control, format, private, unassigned characters and line separators; the plain space stays.
  if (!/[\p{C}\p{Zl}\p{Zp}]/u.test(character)) return character;
  return Array.from(Buffer.from(character), hexEscape).join("");
}

function hexEscape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}
