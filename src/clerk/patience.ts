/** How long things may take before something else is tried. Pure arithmetic over times. */
import type { Call } from "./call.js";
import type { MemberConnection } from "./member-connection.js";
import { POLL_MS } from "./members.js";

/** A silent member is given so long for one attempt, or a third of the whole time if that is less. */
const ATTEMPT_MS = 1500;
const ATTEMPT_MIN_MS = 250;
const DELAY_MAX_MS = 400;

/** What one attempt may take at first, of operations that may take `timeoutMs` in all. */
export function attemptMs(timeoutMs: number): number {
  return Math.max(ATTEMPT_MIN_MS, Math.min(ATTEMPT_MS, timeoutMs * 0.3));
}

/** How long a call that was turned away for overload stays away: longer each time. */
export function delayMs(call: Call): number {
  return Math.min(POLL_MS * 2 ** call.delays, DELAY_MAX_MS);
}

/** The member did not greet, or did not answer for its status, in time. */
export function isSilent(member: MemberConnection, times: { nowMs: number; attemptMs: number }): boolean {
  const { nowMs, attemptMs } = times;
  if (!member.ready) return nowMs - member.dialledMs > attemptMs;
  if (member.statusAskedMs === null) return false;
  return nowMs - Math.max(member.statusAskedMs, member.progressMs) > attemptMs;
}

/** Doublings of the patience with one call: an opening is small, and all writes wait for it. */
function doublings({ purpose, timeouts }: Call): number {
  return purpose.kind === "open" ? 0 : Math.min(timeouts, 4);
}

/**
 * While answers to other calls come in, the member is at work and this one stands in its queue; but not
 * for ever. Each timeout doubles the patience, and large requests get a millisecond for each KiB.
 */
export function isOverdue(
  call: Call,
  member: MemberConnection,
  times: { nowMs: number; attemptMs: number },
): boolean {
  const { nowMs, attemptMs } = times;
  const patienceMs = attemptMs * 2 ** doublings(call) + call.bytes / 1024;
  if (nowMs - call.sentMs > 4 * patienceMs) return true;
  return nowMs - Math.max(call.sentMs, member.progressMs) > patienceMs;
}
