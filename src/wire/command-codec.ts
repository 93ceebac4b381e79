/**
 * Commands of the state machine as bytes, for the log and for requests, and the numbers of their results'
 * states. Lengths of keys and values are not checked here: that is for whoever takes a request.
 */
import type { Command, CommandStatus, Operation } from "../kv/command.js";
import { asBuffer } from "./bytes.js";
import { WireError } from "./errors.js";
import { kvraft } from "./generated/client.js";
import {
  checkClientId,
  decodeBody,
  EnumTable,
  encodeBody,
  fromBytes,
  fromClientId,
  fromPositive,
  fromUint64,
  toUint64,
} from "./message.js";
import { isSessionCommand, readSessionCommand, writeClientCommand } from "./plain-command.js";
import { Retainer } from "./retainer.js";

export const COMMAND_STATUS = new EnumTable<CommandStatus>("status", {
  done: 1 satisfies kvraft.CommandStatus.DONE,
  absent: 2 satisfies kvraft.CommandStatus.ABSENT,
  "value-too-large": 3 satisfies kvraft.CommandStatus.VALUE_TOO_LARGE,
  "session-expired": 4 satisfies kvraft.CommandStatus.SESSION_EXPIRED,
  "stale-sequence": 5 satisfies kvraft.CommandStatus.STALE_SEQUENCE,
  "session-full": 6 satisfies kvraft.CommandStatus.SESSION_FULL,
});

const retainer = new Retainer();

/** Without a frame: the bytes that enter the log, in memory fit to be kept as long as the log. */
export function encodeCommand(command: Command): Uint8Array {
  if (command.kind !== "clock") return retainer.keep(writeClientCommand(command));
  return retainer.keep(encodeBody(kvraft.Command, { clock: { timeMs: toUint64(command.timeMs) } }));
}

/** The result holds nothing of `bytes`. */
export function decodeCommand(bytes: Uint8Array): Command {
  return readSessionCommand(asBuffer(bytes), 0, bytes.length) ?? decodeAnyCommand(bytes);
}

function decodeAnyCommand(bytes: Uint8Array): Command {
  const proto = decodeBody(kvraft.Command, bytes);
  if (proto.openSession != null) return { kind: "open", clientId: fromClientId(proto.clientId) };
  if (proto.closeSession != null) {
    return {
      kind: "close",
      clientId: fromClientId(proto.clientId),
      session: fromUint64(proto.session, "session"),
    };
  }
  if (proto.clock != null) return { kind: "clock", timeMs: fromUint64(proto.clock.timeMs, "time_ms") };
  return {
    kind: "session",
    clientId: fromClientId(proto.clientId),
    session: fromUint64(proto.session, "session"),
    sequence: fromPositive(proto.sequence, "sequence"),
    acknowledgedBelow: fromUint64(proto.acknowledgedBelow, "acknowledged_below"),
    operation: operationFromProto(proto),
  };
}

/**
 * Throws WireError where {@link decodeCommand} would, at a fraction of its cost: nothing is copied. An entry that
 * cannot be understood must not get into a log, where it would stop everybody who applies it.
 */
export function checkCommand(bytes: Uint8Array): void {
  if (isSessionCommand(bytes, 0, bytes.length)) return;
  const proto = decodeBody(kvraft.Command, bytes);
  if (proto.openSession == null && proto.closeSession == null && proto.clock != null) {
    fromUint64(proto.clock.timeMs, "time_ms");
    return;
  }
  checkClientId(proto.clientId);
  if (proto.openSession != null) return;
  fromUint64(proto.session, "session");
  if (proto.closeSession != null) return;
  fromPositive(proto.sequence, "sequence");
  fromUint64(proto.acknowledgedBelow, "acknowledged_below");
  if (proto.put == null && proto.append == null && proto.delete == null) throw operationUnknown();
}

function operationFromProto(proto: kvraft.Command.$Properties): Operation {
  if (proto.put != null) return { kind: "put", ...pairFromProto(proto.put) };
  if (proto.append != null) return { kind: "append", ...pairFromProto(proto.append) };
  if (proto.delete != null) return { kind: "delete", key: fromBytes(proto.delete.key) };
  throw operationUnknown();
}

function operationUnknown(): WireError {
  return new WireError("unknown-kind", "a command without an operation that is known");
}

function pairFromProto(proto: kvraft.Put.$Properties): { key: string; value: string } {
  return { key: fromBytes(proto.key), value: fromBytes(proto.value) };
}
