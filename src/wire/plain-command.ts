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

/** Where the parts of a session's command lie. */
interface Located {
  readonly clientIdAt: number;
  readonly session: number;
  readonly sequence: number;
  readonly acknowledgedBelow: number;
  readonly kind: Operation["kind"];
  readonly keyStart: number;
  readonly keyEnd: number;
  /** Equal to its end where there is no value. */
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** The command of a session in [start, end) of `memory`. Null: it is of another kind or form, or none at all. */
export function readSessionCommand(memory: Buffer, start: number, end: number): Command | null {
  const located = locate(memory, start, end);
  if (located === null) return null;
  const { clientIdAt, session, sequence, acknowledgedBelow, kind } = located;
  const clientId = memory.toString("latin1", clientIdAt, clientIdAt + CLIENT_ID_BYTES);
  const key = memory.toString("latin1", located.keyStart, located.keyEnd);
  const value = memory.toString("latin1", located.valueStart, located.valueEnd);
  const operation = kind === "delete" ? { kind, key } : { kind, key, value };
  return { kind: "session", clientId, session, sequence, acknowledgedBelow, operation };
}

/** Whether {@link readSessionCommand} would answer, at a fraction of its cost. */
export function isSessionCommand(memory: Uint8Array, start: number, end: number): boolean {
  return locate(memory, start, end) !== null;
}

function locate(memory: Uint8Array, start: number, end: number): Located | null {
  const reader = new PlainReader(memory, start, end);
  if (!reader.bytes(CLIENT_ID) || reader.at - reader.start !== CLIENT_ID_BYTES) return null;
  const clientIdAt = reader.start;
  const session = reader.number(SESSION);
  const sequence = reader.number(SEQUENCE);
  const acknowledgedBelow = reader.number(ACKNOWLEDGED_BELOW);
  const kind = reader.has(PUT) ? "put" : reader.has(APPEND) ? "append" : reader.has(DELETE) ? "delete" : null;
  if (kind === null) return null;
  const outer = reader.enter();
  const hasKey = reader.bytes(KEY);
  const keyEnd = reader.at;
  const keyStart = hasKey ? reader.start : keyEnd;
  const hasValue = kind !== "delete" && reader.bytes(VALUE);
  const valueEnd = reader.at;
  const valueStart = hasValue ? reader.start : valueEnd;
  reader.leave(outer);
  if (sequence === 0 || !reader.isPlain) return null;
  return {
    clientIdAt,
    session,
    sequence,
    acknowledgedBelow,
    kind,
    keyStart,
    keyEnd,
    valueStart,
    valueEnd,
  };
}
