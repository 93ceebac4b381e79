/** The codes of errors, as protobuf numbers. */
import type { ErrorCode } from "./client-message.js";
import type { kvraft } from "./generated/client.js";
import { EnumTable } from "./message.js";

export const ERROR_CODES = new EnumTable<ErrorCode>("code", {
  "not-leader": 1 satisfies kvraft.ErrorCode.NOT_LEADER,
  overloaded: 2 satisfies kvraft.ErrorCode.OVERLOADED,
  "outcome-unknown": 3 satisfies kvraft.ErrorCode.OUTCOME_UNKNOWN,
  invalid: 4 satisfies kvraft.ErrorCode.INVALID,
  "too-large": 5 satisfies kvraft.ErrorCode.TOO_LARGE,
  unavailable: 6 satisfies kvraft.ErrorCode.UNAVAILABLE,
});
