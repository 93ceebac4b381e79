/** The keys that may stand where the cursor is, asked of the cluster. */
import { Buffer, isUtf8 } from "node:buffer";
import type { Invocation } from "../invocation.js";
import type { Flags } from "../settings.js";

/** Nobody waits longer for a list. */
const TIMEOUT_MS = 1000;
const KEYS_MAX = 100;

/** Those that are text and begin with `prefix`. None where the cluster does not answer: the command itself will say what is wrong. */
export async function keysLike(
  invocation: Invocation,
  flags: Flags,
  prefix: string,
): Promise<readonly string[]> {
  try {
    const settings = { ...(await invocation.settings(flags)), timeoutMs: TIMEOUT_MS };
    const keys: string[] = [];
    await invocation.withClerk({ name: "complete", isWrite: false, settings }, async (clerk) => {
      for await (const { key } of clerk.scan({ prefix, limit: KEYS_MAX, keysOnly: true })) {
        if (isUtf8(key)) keys.push(Buffer.from(key).toString("utf8"));
      }
    });
    return keys;
  } catch {
    return [];
  }
}
