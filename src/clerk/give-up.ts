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
  timeout: { what: "no answer", next: "try again, or allow more time" },
  overloaded: { what: "turned away for overload", next: "try again later, or send less at a time" },
};

const UNKNOWN_NEXT = "the write may have taken effect or not: read before writing again";

/** The time is up. `code` gives way to "unreachable" where no member was reached. */
export function gaveUp(
  { servers }: Topology,
  how: {
    readonly code: "no-leader" | "timeout" | "overloaded";
    readonly timeoutMs: number;
    readonly outcomeUnknown: boolean;
  },
): ClerkError {
  const reached = servers.some(({ finding }) => finding.kind !== "unreachable");
  const code = reached ? how.code : "unreachable";
  const { what, next } = WORDS[code];
  const tried = servers.map(({ id, address, finding }) => `${id || address} ${finding.text}`);
  return new ClerkError(
    code,
    `${what} after ${seconds(how.timeoutMs)}; ${tried.join(", ")}; ${how.outcomeUnknown ? UNKNOWN_NEXT : next}`,
    how.outcomeUnknown,
  );
}

/** The operation ended for a reason that further attempts would not mend. */
export function failed(code: ClerkErrorCode, reason: string, outcomeUnknown: boolean): ClerkError {
  return new ClerkError(code, outcomeUnknown ? `${reason}; ${UNKNOWN_NEXT}` : reason, outcomeUnknown);
}

function seconds(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(1)}s` : `${ms}ms`;
}
