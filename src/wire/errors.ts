/**
 * What is said of bytes from outside that are not what they should be. The connection or file they came
 * from is given up; nothing else notices. A client's request that stands in a sound frame is refused alone: RequestError.
 */

export type WireErrorCode =
  /** A frame of length 0: there is no message without a byte. */
  | "frame-empty"
  /** A frame longer than this side takes. Known from its length alone. */
  | "frame-too-large"
  /** Not protobuf, or cut short. */
  | "malformed"
  /** A message, operation or enum value that this version does not know, or none where one must be. */
  | "unknown-kind"
  /** A field holds what its type does not allow. */
  | "field-invalid";

/** Bad bytes from a client, a peer or a disk. */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly code: WireErrorCode;

  constructor(code: WireErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * A request whose frame and number are sound, and that asks for nothing that this version understands: whoever sent it can be
 * told so, and what follows on its connection can be read.
 */
export class RequestError extends WireError {
  readonly requestId: number;

  constructor(requestId: number, { code, message }: WireError) {
    super(code, message);
    this.requestId = requestId;
  }
}
