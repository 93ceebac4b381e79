/** Client requests as the codec would hand them over, in as few words as the tests need. */
import type { Command, Operation } from "../../src/kv/command.js";
import type { ClientRequest, Consistency } from "../../src/wire/client-message.js";
import { encodeCommand } from "../../src/wire/command-codec.js";

type Make = (requestId: number) => ClientRequest;

export function command(value: Command): Make {
  return (requestId) => ({ kind: "command", requestId, bytes: encodeCommand(value), command: value });
}

export const open = (clientId = "client-1"): Make => command({ kind: "open", clientId });

export function operate(
  operation: Operation,
  options: { session: number; sequence: number; acknowledgedBelow?: number; clientId?: string },
): Make {
  const { acknowledgedBelow = options.sequence, clientId = "client-1", session, sequence } = options;
  return command({ kind: "session", clientId, session, sequence, acknowledgedBelow, operation });
}

export const get =
  (key: string, consistency: Consistency = "linearizable"): Make =>
  (requestId) => ({ kind: "get", requestId, key, consistency });

export const explain =
  (key: string): Make =>
  (requestId) => ({ kind: "explain", requestId, key });

export const scan =
  (prefix: string, consistency: Consistency = "linearizable"): Make =>
  (requestId) => ({
    kind: "scan",
    requestId,
    from: "",
    to: "",
    prefix,
    limit: 0,
    keysOnly: false,
    consistency,
  });
