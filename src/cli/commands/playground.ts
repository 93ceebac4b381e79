/** `kvraft playground [--members 3] [--data-dir DIR]` */
import type { Command } from "commander";
import { usageError } from "../failure.js";
import type { Invocation } from "../invocation.js";

const EXAMPLES = `Examples:
  kvraft playground
  kvraft playground --members 5
  kvraft playground --data-dir ./pg        keeps its data for the next start
`;

const MEMBERS_DEFAULT = "3";
const MEMBERS_MAX = 9;

export function define(program: Command, invocation: Invocation): void {
  program
    .command("playground")
    .summary("run a whole cluster on this machine")
    .description("Runs a whole cluster on this machine until Ctrl-C: one real daemon process a member.")
    .option("--members <N>", `how many (default: ${MEMBERS_DEFAULT})`)
    .option(
      "--data-dir <DIR>",
      "where data and logs go and stay (default: a temporary directory, removed at the end)",
    )
    .addHelpText("before", EXAMPLES)
    .action(async (flags: { readonly members?: string; readonly dataDir?: string }) => {
      const members = flags.members === undefined ? null : parseMembers(flags.members);
      const { runPlayground } = await import("../playground/playground.js");
      invocation.handlesInterrupt = true;
      await runPlayground({ members, dataDir: flags.dataDir ?? null, output: invocation.output });
    });
}

function parseMembers(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MEMBERS_MAX) return count;
  throw usageError(
    `--members: ${JSON.stringify(text)} is not a number from 1 to ${MEMBERS_MAX}`,
    "playground",
  );
}
