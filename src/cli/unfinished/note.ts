/**
 * What is written down of a write before it is sent, so that another run of the tool can finish it: one file of JSON lines that only
 * ever grows, so that a run which is killed at any moment leaves whole lines and at most one that is cut.
 *
 *     {"version":1,"time":"2026-…","endpoints":["…"],"command":"append","key":"<base64>","value":"<base64>"}
 *     {"session":{"clientId":"<hex>","index":"123","sequence":"1"}}
 *
 * As long as no session is named, nothing was sent. The last session counts, and the write is the one of that sequence in it.
 */
import { Buffer } from "node:buffer";
import type { WriteName } from "../../clerk/session.js";
import { CLIENT_ID_BYTES, type Operation } from "../../kv/command.js";
import { asBuffer, fromByteString, toByteString } from "../../wire/bytes.js";

export type WriteCommand = Operation["kind"];

/** As the command line said it. */
export interface UnfinishedWrite {
  readonly command: WriteCommand;
  readonly key: Uint8Array;
  /** Empty for a delete. */
  readonly value: Uint8Array;
  readonly endpoints: readonly string[];
  /** ISO 8601: when it was begun. */
  readonly time: string;
}

export interface Note {
  readonly write: UnfinishedWrite;
  /** Null: nothing was sent. */
  readonly session: WriteName | null;
}

const VERSION = 1;
const COMMANDS: readonly string[] = ["put", "append", "delete"] satisfies WriteCommand[];

export function writeLine({ command, key, value, endpoints, time }: UnfinishedWrite): string {
  const bytes = { key: base64(key), value: base64(value) };
  return `${JSON.stringify({ version: VERSION, time, endpoints, command, ...bytes })}\n`;
}

/** Null: there is none (any more). It begins with a newline, which ends a line before it that was cut. */
export function sessionLine(name: WriteName | null): string {
  if (name === null) return `\n${JSON.stringify({ session: null })}\n`;
  const clientId = asBuffer(fromByteString(name.clientId)).toString("hex");
  const session = { clientId, index: String(name.index), sequence: String(name.sequence) };
  return `\n${JSON.stringify({ session })}\n`;
}

/** "empty": it was cut before the write was noted, so nothing was sent. "unknown": it is of another version, or no note. */
export function parseNote(text: string): Note | "empty" | "unknown" {
  const lines = text.split("\n").slice(0, -1);
  const [first, ...others] = lines;
  if (first === undefined) return "empty";
  const write = parseWrite(parseJson(first) ?? {});
  if (write === null) return "unknown";
  let session: WriteName | null = null;
  for (const line of others) {
    const fields = parseJson(line);
    // Empty, or cut: nothing was sent in a session whose line is not whole.
    if (fields === null) continue;
    const found = parseSession(fields);
    if (found === undefined) return "unknown";
    session = found;
  }
  return { write, session };
}

function parseWrite(fields: Readonly<Record<string, unknown>>): UnfinishedWrite | null {
  const { version, time, endpoints, command, key, value } = fields;
  const isSound =
    version === VERSION &&
    typeof time === "string" &&
    Array.isArray(endpoints) &&
    endpoints.every((endpoint) => typeof endpoint === "string") &&
    typeof command === "string" &&
    COMMANDS.includes(command) &&
    typeof key === "string" &&
    typeof value === "string";
  if (!isSound) return null;
  const bytes = { key: Buffer.from(key, "base64"), value: Buffer.from(value, "base64") };
  return { command: command as WriteCommand, endpoints, time, ...bytes };
}

/** Undefined: the line says nothing of a session. */
function parseSession(fields: Readonly<Record<string, unknown>>): WriteName | null | undefined {
  const { session } = fields;
  if (session === null) return null;
  if (typeof session !== "object") return undefined;
  // Earlier versions sent one write a session, and noted no sequence.
  const { clientId, index, sequence = "1" } = session as Readonly<Record<string, unknown>>;
  if (typeof clientId !== "string" || !isNumeral(index) || !isNumeral(sequence)) return undefined;
  const id = Buffer.from(clientId, "hex");
  if (id.length !== CLIENT_ID_BYTES) return undefined;
  return { clientId: toByteString(id), index: Number(index), sequence: Number(sequence) };
}

function isNumeral(value: unknown): value is string {
  return typeof value === "string" && /^[1-9][0-9]{0,15}$/.test(value);
}

/** No fields where it is no object; null: no JSON. */
function parseJson(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return null;
  }
}

function base64(bytes: Uint8Array): string {
  return asBuffer(bytes).toString("base64");
}
