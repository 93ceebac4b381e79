/** The faults of this floor that end a start: an address that cannot be listened on. */

export type NetErrorCode =
  | "address-invalid"
  | "address-in-use"
  | "address-denied"
  | "address-unavailable"
  | "listen-failed";

/** `message` says what happened, where, and what to do next. */
export class NetError extends Error {
  override readonly name = "NetError";
  readonly code: NetErrorCode;

  constructor(code: NetErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
