/** Commands by hand: see plain-reader.ts and plain-writer.ts. */
import { CLIENT_ID_BYTES, type Command, type Operation } from "../kv/command.js";
import { PlainReader } from "./plain-reader.js";
import { lengthBytes, numberBytes, PlainWriter } from "./plain-writer.js";

// Field number × 8 + wire type: 0 for numbers, 2 for bytes and messages (client.proto).
const CLIENT_ID = 0x0a;
const SESSION = 0x10;
const SEQUENCE = 0x18;
const ACKNOWLEDGED_BELOW = 0x20;
const PUT = 0x2a;
const APPEND = 0x32;
const DELETE = 0x3a;
const OPEN_SESSION = 0x42;
const CLOSE_SESSION = 0x4a;
const KEY = 0x0a;
const VALUE = 0x12;

const OPERATION_TAGS = { put: PUT, append: APPEND, delete: DELETE } as const;

/** A client's command, without a frame. */
export function writeClientCommand(command: Exclude<Command, { kind: "clock" }>): Uint8Array {
  const { kind, clientId } = command;
  const session = kind === "open" ? 0 : command.session;
  const idBytes = lengthBytes(clientId.length) + numberBytes(session);
  if (kind !== "session") {
    const writer = new PlainWriter(Buffer.allocUnsafe(idBytes + lengthBytes(0)));
    writer.byteString(CLIENT_ID, clientId);
    writer.number(SESSION, session);
    writer.begin(kind === "open" ? OPEN_SESSION : CLOSE_SESSION, 0);
    return writer.memory;
  }
  const { sequence, acknowledgedBelow, operation } = command;
  const payload = operationBytes(operation);
  const bytes = idBytes + numberBytes(sequence) + numberBytes(acknowledgedBelow) + lengthBytes(payload);
  const writer = new PlainWriter(Buffer.allocUnsafe(bytes));
  writer.byteString(CLIENT_ID, clientId);
  writer.number(SESSION, session);
  writer.number(SEQUENCE, sequence);
  writer.number(ACKNOWLEDGED_BELOW, acknowledgedBelow);
  writer.begin(OPERATION_TAGS[operation.kind], payload);
  writer.byteString(KEY, operation.key);
  if (operation.kind !== "delete") writer.byteString(VALUE, operation.value);
  return writer.memory;
}

function operationBytes(operation: Operation): number {
  const valueBytes = operation.kind === "delete" ? 0 : lengthBytes(operation.value.length);
  return lengthBytes(operation.key.length) + valueBytes;
}

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
