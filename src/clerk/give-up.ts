/** The words for giving up: what happened, what each member did, what to do next. */
import { ClerkError, type ClerkErrorCode } from "./clerk-error.js";
import type { Topology } from "./topology.js";

interface Words {
  readonly what: string;
  readonly next: string;
}

type GaveUpCode = "no-leader" | "unreachable" | "timeout" | "overloaded";

const WORDS: Readonly<Record<GaveUpCode, Words>> = {
  "no-leader": { what: "no leader", next: "a majority of the members must run and reach each other" },
  unreachable: { what: "no member reachable", next: "check the endpoints, and that kvraftd runs there" },
  timeout: { what: "no answer from the leader", next: "try again, or allow more time" },
  overloaded: { what: "turned away for overload", next: "try again later, or send less at a time" },
};

const UNKNOWN_NEXT = "the write may have taken effect or not: read before writing again";

/** The time is up. */
export function gaveUp(
  topology: Topology,
  attempts: { readonly timeoutMs: number; readonly overloaded: boolean; readonly outcomeUnknown: boolean },
): ClerkError {
  const { timeoutMs, overloaded, outcomeUnknown } = attempts;
  const code = overloaded ? "overloaded" : gaveUpCode(topology);
  const { what, next } = WORDS[code];
  const tried = topology.servers.map(({ id, address, finding }) => `${id || address} ${finding.text}`);
  const message = `${what} after ${seconds(timeoutMs)}; ${tried.join(", ")}; ${outcomeUnknown ? UNKNOWN_NEXT : next}`;
  return new ClerkError(code, message, outcomeUnknown);
}

/** The operation ended for a reason that further attempts would not mend. */
export function failed(code: ClerkErrorCode, reason: string, outcomeUnknown: boolean): ClerkError {
  return new ClerkError(code, outcomeUnknown ? `${reason}; ${UNKNOWN_NEXT}` : reason, outcomeUnknown);
}

function gaveUpCode({ servers, leader }: Topology): GaveUpCode {
  if (servers.every(({ finding }) => finding.kind === "unreachable")) return "unreachable";
  return leader === null ? "no-leader" : "timeout";
}

function seconds(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(1)}s` : `${ms}ms`;
}
