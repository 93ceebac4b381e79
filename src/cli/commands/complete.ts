/** `kvraft complete -- WORD ...`: what shells ask while a person types. See completion/scripts.ts. */
import type { Command } from "commander";
import { candidates } from "../completion/candidates.js";
import { keysLike } from "../completion/keys.js";
import type { Invocation } from "../invocation.js";

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
      const plain = keys.filter((key) => PLAIN.test(key)).map((text) => ({ text, description: "" }));
      const lines = [...found, ...plain].map(({ text, description }) => `${text}\t${description}\n`);
      await invocation.output.write(lines.join(""));
    });
}
