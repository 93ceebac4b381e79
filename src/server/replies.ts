/**
 * The words in which a replica refuses. Each code is a promise about what happened: see ErrorCode
 * in client.proto. Only "outcome-unknown" leaves it open.
 */
import type { ClientReply, ErrorCode } from "../wire/client-message.js";

/** Where a reply goes: one function a connection. It never throws; a caller that has left is nobody's concern. */
export type Reply = (reply: ClientReply) => void;

/** Who leads, as far as this member knows; empty strings where it does not. */
export interface LeaderHint {
  readonly leaderId: string;
  readonly leaderAddress: string;
}

const NO_HINT: LeaderHint = { leaderId: "", leaderAddress: "" };

export function errorReply(
  requestId: number,
  code: ErrorCode,
  message: string,
  hint: LeaderHint = NO_HINT,
): ClientReply {
  return { kind: "error", requestId, code, message, ...hint };
}
