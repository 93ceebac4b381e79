/** What each answer of a member means for the operation it answers. The one place that decides it. */
import type { CommandStatus } from "../kv/command.js";
import type { ErrorCode } from "../wire/client-message.js";

export type NextStep =
  /** Ask the leader that the answer names, or find out who leads. */
  | "follow-hint"
  /** The same member, a little later. */
  | "later"
  /** Leave this member alone for a moment; whoever leads, when that is known. */
  | "elsewhere"
  /** It is over. */
  | "fail";

export interface Rule {
  readonly next: NextStep;
  /** Whether the attempt may have taken effect, or may do so yet. */
  readonly mayHaveRun: boolean;
}

export const ON_ERROR: Readonly<Record<ErrorCode, Rule>> = {
  "not-leader": { next: "follow-hint", mayHaveRun: false },
  overloaded: { next: "later", mayHaveRun: false },
  "outcome-unknown": { next: "elsewhere", mayHaveRun: true },
  invalid: { next: "fail", mayHaveRun: false },
  "too-large": { next: "fail", mayHaveRun: false },
  unavailable: { next: "elsewhere", mayHaveRun: false },
};

export type Verdict =
  | "done"
  | "absent"
  /** The state machine says no, for this and every attempt. */
  | "refused"
  /** The session is no more: a new one, where no earlier attempt can have taken effect. */
  | "new-session"
  /** As {@link NextStep}'s. */
  | "later"
  /** It cannot be told any more what became of it. */
  | "unknown";

export const ON_STATUS: Readonly<Record<CommandStatus, Verdict>> = {
  done: "done",
  absent: "absent",
  "value-too-large": "refused",
  "session-expired": "new-session",
  "session-full": "later",
  "stale-sequence": "unknown",
};
