/** How an operation of the Clerk fails: the one error class that callers see. */

export type ClerkErrorCode =
  /** Members were reached, and none of them led before the time was up. */
  | "no-leader"
  /** No member was reached. */
  | "unreachable"
  /** A leader, or whoever else was asked, did not answer in time. */
  | "timeout"
  /** Members turned the operation away until the time was up. */
  | "overloaded"
  /** The session ended while the fate of the operation was unknown. */
  | "session-expired"
  | "key-empty"
  | "key-too-large"
  /** Larger than the members accept in one request. */
  | "value-too-large"
  /** An append would have made the value larger than any value may be. */
  | "value-over-limit"
  /** The members refuse it as it stands, or it makes no sense. */
  | "invalid"
  /** The Clerk was closed first. */
  | "closed";

/** `message` says what happened, what was tried, and what to do next. */
export class ClerkError extends Error {
  override readonly name = "ClerkError";
  readonly code: ClerkErrorCode;
  /**
   * Whether a write may have taken effect, or may do so yet. False: it definitely has not and will not. Always
   * false for reads.
   */
  readonly outcomeUnknown: boolean;

  constructor(code: ClerkErrorCode, message: string, outcomeUnknown = false) {
    super(message);
    this.code = code;
    this.outcomeUnknown = outcomeUnknown;
  }
}
