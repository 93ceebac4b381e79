/** What becomes of a command whose key is not there. */
import { EXIT } from "../base/exit-status.js";
import { escapeBytes } from "./format.js";
import type { Invocation } from "./invocation.js";

/** The status tells scripts, a remark tells a person. */
export function endWithoutKey(invocation: Invocation, key: Uint8Array): void {
  invocation.exitStatus = EXIT.absent;
  invocation.remark(`there is no key "${escapeBytes(key)}"`);
}
