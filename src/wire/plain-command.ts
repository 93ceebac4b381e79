/** Commands in the form in which they are written here (see plain-reader.ts), read without a view of memory for each field. */
import { CLIENT_ID_BYTES, type Command, type Operation } from "../kv/command.js";
import { PlainReader } from "./plain-reader.js";

// Field number × 8 + wire type: 0 for numbers, 2 for bytes and messages (client.proto).
const CLIENT_ID = 0x0a;
const SESSION = 0x10;
const SEQUENCE = 0x18;
const ACKNOWLEDGED_BELOW = 0x20;
const PUT = 0x2a;
const APPEND = 0x32;
const DELETE = 0x3a;
const KEY = 0x0a;
const VALUE = 0x12;

/** The command of a session in [start, end) of `memory`. Null: it is of another kind or form, or none at all. */
export function readSessionCommand(memory: Buffer, start: number, end: number): Command | null {
  const reader = new PlainReader(memory, start, end);
  if (!reader.bytes(CLIENT_ID) || reader.at - reader.start !== CLIENT_ID_BYTES) return null;
  const clientIdAt = reader.start;
  const session = reader.number(SESSION);
  const sequence = reader.number(SEQUENCE);
  const acknowledgedBelow = reader.number(ACKNOWLEDGED_BELOW);
  const operation = readOperation(memory, reader);
  if (operation === null || sequence === 0 || !reader.isPlain) return null;
  const clientId = memory.toString("latin1", clientIdAt, clientIdAt + CLIENT_ID_BYTES);
  return { kind: "session", clientId, session, sequence, acknowledgedBelow, operation };
}

/** Whether {@link readSessionCommand} would answer, at a fraction of its cost. */
export function isSessionCommand(memory: Uint8Array, start: number, end: number): boolean {
  const reader = new PlainReader(memory, start, end);
  if (!reader.bytes(CLIENT_ID) || reader.at - reader.start !== CLIENT_ID_BYTES) return false;
  reader.number(SESSION);
  const sequence = reader.number(SEQUENCE);
  reader.number(ACKNOWLEDGED_BELOW);
  const isDelete = !reader.has(PUT) && !reader.has(APPEND);
  if (isDelete && !reader.has(DELETE)) return false;
  const outer = reader.enter();
  reader.bytes(KEY);
  if (!isDelete) reader.bytes(VALUE);
  reader.leave(outer);
  return sequence > 0 && reader.isPlain;
}

function readOperation(memory: Buffer, reader: PlainReader): Operation | null {
  const kind = reader.has(PUT) ? "put" : reader.has(APPEND) ? "append" : reader.has(DELETE) ? "delete" : null;
  if (kind === null) return null;
  const outer = reader.enter();
  const key = readBytes(memory, reader, KEY);
  const value = kind === "delete" ? "" : readBytes(memory, reader, VALUE);
  reader.leave(outer);
  return kind === "delete" ? { kind, key } : { kind, key, value };
}

function readBytes(memory: Buffer, reader: PlainReader, tag: number): string {
  return reader.bytes(tag) ? memory.toString("latin1", reader.start, reader.at) : "";
}
