/** Messages, entries and requests in Raft's own words, for people who read a trace. */
import type { Command, Operation } from "../../src/kv/command.js";
import type { Entry } from "../../src/raft/entry.js";
import type { Message } from "../../src/raft/message.js";
import type { LogRecord } from "../../src/server/ports.js";
import type { ClientReply, ClientRequest } from "../../src/wire/client-message.js";
import { decodeCommand } from "../../src/wire/command-codec.js";
import { describeMessage } from "../raft/format.js";

const VALUE_CHARACTERS = 12;

export function describePeerMessage(message: Message): string {
  if (message.type !== "appendEntries") return describeMessage(message);
  const entries = message.entries.map(describeEntry).join(", ");
  return `${describeMessage({ ...message, entries: [] })}${entries === "" ? "" : ` [${entries}]`}`;
}

export function describeEntry(entry: Entry): string {
  const what = entry.kind === "command" ? describeCommand(decodeCommand(entry.data)) : entry.kind;
  return `${entry.index}@${entry.term} ${what}`;
}

export function describeRecord({ hardState, snapshot, entries }: LogRecord): string {
  const parts: string[] = [];
  if (hardState !== null) parts.push(`term ${hardState.currentTerm} vote ${hardState.votedFor ?? "-"}`);
  if (snapshot !== null) parts.push(`snapshot ${snapshot.lastIncludedIndex}@${snapshot.lastIncludedTerm}`);
  if (entries.length > 0) parts.push(`[${entries.map(describeEntry).join(", ")}]`);
  return parts.join(", ");
}

export function describeCommand(command: Command): string {
  switch (command.kind) {
    case "session": {
      const { session, sequence, acknowledgedBelow, operation } = command;
      return `${describeOperation(operation)} (session ${session} sequence ${sequence} acknowledged below ${acknowledgedBelow})`;
    }
    case "open":
      return `open ${hex(command.clientId)}`;
    case "close":
      return `close session ${command.session}`;
    default:
      return `clock ${command.timeMs}`;
  }
}

export function describeOperation(operation: Operation): string {
  const { kind, key } = operation;
  return kind === "delete" ? `delete ${key}` : `${kind} ${key} ${describeValue(operation.value)}`;
}

export function describeRequest(request: ClientRequest): string {
  switch (request.kind) {
    case "command":
      return describeCommand(request.command);
    case "get":
      return `get ${request.key}${request.consistency === "stale" ? ", stale" : ""}`;
    case "explain":
      return `explain ${request.key}`;
    default:
      return request.kind;
  }
}

export function describeReply(reply: ClientReply): string {
  switch (reply.kind) {
    case "result":
      return `${reply.result.status} at ${reply.result.index}`;
    case "get":
      return `${describeValue(reply.value)} at ${reply.index}`;
    case "explain":
      return `${JSON.stringify(reply.explanation)} at ${reply.index}`;
    case "scan":
      return `${reply.pairs.length} pairs at ${reply.index}`;
    case "status":
      return `${reply.status.role} in term ${reply.status.term}, leader ${reply.status.leader || "unknown"}`;
    case "stats":
    case "transfer":
      return reply.kind;
    case "error":
      return `${reply.code}: ${reply.message}`;
  }
}

export function describeValue(value: string | null): string {
  if (value === null) return "nothing";
  if (value.length <= 2 * VALUE_CHARACTERS) return value;
  return `${value.slice(0, VALUE_CHARACTERS)}…${value.slice(-VALUE_CHARACTERS)} (${value.length} bytes)`;
}

function hex(id: string): string {
  return Buffer.from(id, "latin1").toString("hex");
}

/** With where it comes from, if that is known. */
export function describeFailure(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
