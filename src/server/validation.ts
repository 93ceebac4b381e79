/**
 * What a member refuses of a client's request before anything is done with it. Structure has been
 * checked by the codec; here are the limits and the rules of the service.
 */
import { unreachable } from "../base/assert.js";
import type { ByteString } from "../base/byte-string.js";
import type { Command } from "../kv/command.js";
import type { ScanRange } from "../kv/store.js";
import type { ClientRequest, Consistency, ErrorCode } from "../wire/client-message.js";
import { KEY_BYTES_MAX } from "../wire/limits.js";

export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Null: the request may go on. `requestBytesMax` bounds key + value. */
export function refuse(request: ClientRequest, requestBytesMax: number): Refusal | null {
  switch (request.kind) {
    case "command":
      return refuseCommand(request.command, requestBytesMax);
    case "get":
      return refuseConsistency(request.consistency) ?? refuseKey(request.key);
    case "scan":
      return refuseConsistency(request.consistency) ?? refuseRange(request);
    case "explain":
      return refuseKey(request.key);
    case "status":
    case "stats":
    case "transfer":
      return null;
    default:
      return unreachable(request);
  }
}

function refuseCommand(command: Command, requestBytesMax: number): Refusal | null {
  switch (command.kind) {
    case "open":
    case "close":
      return null;
    case "clock":
      return { code: "invalid", message: "only members set the clock" };
    case "session": {
      const { operation } = command;
      const refusal = refuseKey(operation.key);
      if (refusal !== null || operation.kind === "delete") return refusal;
      const bytes = operation.key.length + operation.value.length;
      if (bytes <= requestBytesMax) return null;
      return {
        code: "too-large",
        message: `key and value have ${bytes} bytes; this member takes ${requestBytesMax} (--max-request-bytes)`,
      };
    }
    default:
      return unreachable(command);
  }
}

function refuseConsistency(consistency: Consistency): Refusal | null {
  if (consistency !== "unknown") return null;
  return { code: "invalid", message: "a kind of consistency that this member does not know" };
}

function refuseRange({ from, to, prefix }: ScanRange): Refusal | null {
  if (![from, to, prefix].some((bound) => bound.length > KEY_BYTES_MAX + 1)) return null;
  return { code: "too-large", message: `a bound of the scan is over ${KEY_BYTES_MAX} bytes` };
}

function refuseKey(key: ByteString): Refusal | null {
  if (key.length === 0) return { code: "invalid", message: "the key is empty" };
  if (key.length > KEY_BYTES_MAX) {
    return { code: "too-large", message: `the key has ${key.length} bytes; ${KEY_BYTES_MAX} are allowed` };
  }
  return null;
}
