/** `kvraft complete -- WORD ...`: what shells ask while a person types. See completion/scripts.ts. */
import { Buffer, isUtf8 } from "node:buffer";
import type { Command } from "commander";
import { type Candidate, candidates } from "../completion/candidates.js";
import type { Invocation } from "../invocation.js";
import type { Flags } from "../settings.js";

/** Nobody waits longer for a list. */
const KEYS_TIMEOUT_MS = 1000;
const KEYS_MAX = 100;
/** What a shell would take apart or change is left to the person. */
const PLAIN = /^[\p{L}\p{N}_./@%+,=-]+$/u;

export function define(program: Command, invocation: Invocation): void {
  program
    .command("complete", { hidden: true })
    .description("Lists what may stand where the cursor is, for shells.")
    .argument("[word...]")
    .action(async (words: readonly string[]) => {
      // Here only the commands that were named are known; any may be meant.
      const { buildProgram } = await import("../program.js");
      const whole = await buildProgram(["help"], invocation, { version: "", say: () => {} });
      const { words: found, wantsKeys, flags } = candidates(whole, words);
      const keys = wantsKeys ? await keysLike(invocation, flags, words.at(-1) ?? "") : [];
      const lines = [...found, ...keys].map(({ text, description }) => `${text}\t${description}\n`);
      await invocation.output.write(lines.join(""));
    });
}

async function keysLike(invocation: Invocation, flags: Flags, prefix: string): Promise<readonly Candidate[]> {
  try {
    const settings = { ...(await invocation.settings(flags)), timeoutMs: KEYS_TIMEOUT_MS };
    const keys: Candidate[] = [];
    await invocation.withClerk({ name: "complete", isWrite: false, settings }, async (clerk) => {
      for await (const { key } of clerk.scan({ prefix, limit: KEYS_MAX, keysOnly: true })) {
        const text = Buffer.from(key).toString("utf8");
        if (isUtf8(key) && PLAIN.test(text)) keys.push({ text, description: "" });
      }
    });
    return keys;
  } catch {
    // Without a cluster there are no keys to offer; the command itself will say what is wrong.
    return [];
  }
}
