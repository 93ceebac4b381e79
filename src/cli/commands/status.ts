/** `kvraft status [--once]` */
import type { Command } from "commander";
import { EXIT } from "../../base/exit-status.js";
import type { Clerk } from "../../clerk/clerk.js";
import { CliError } from "../failure.js";
import type { Invocation } from "../invocation.js";
import type { Settings } from "../settings.js";
import { statusJson, statusTable } from "../status-report.js";

const EXAMPLES = `Examples:
  kvraft status                            live on a terminal; q ends it
  kvraft status --once
  kvraft status -o json | jq -r '.members[] | select(.role == "leader").id'
`;

const POLL_TIMEOUT_MS = 1000;

export function define(program: Command, invocation: Invocation): void {
  program
    .command("status")
    .summary("show what each member says of itself")
    .description("Shows what each member says of itself; those that do not answer, with the reason.")
    .option("--once", "one table, also on a terminal")
    .addHelpText("before", EXAMPLES)
    .action(async (flags: { readonly once?: true }, command: Command) => {
      const settings = await invocation.settings(command.optsWithGlobals());
      const live = canDraw(invocation) && !flags.once && settings.output === "text";
      // A member that hangs must not hold the live view back.
      const timeoutMs = live ? Math.min(settings.timeoutMs, POLL_TIMEOUT_MS) : settings.timeoutMs;
      const operation = { name: "status", isWrite: false, settings: { ...settings, timeoutMs } };
      await invocation.withClerk(operation, (clerk) =>
        live ? watch(clerk) : printOnce(clerk, { invocation, settings }),
      );
    });
}

/** A terminal on both sides, and all of it. */
function canDraw({ output, isInShell }: Invocation): boolean {
  return output.isTerminal && process.stdin.isTTY && !isInShell;
}

async function printOnce(
  clerk: Clerk,
  { invocation, settings }: { readonly invocation: Invocation; readonly settings: Settings },
): Promise<void> {
  const members = await clerk.status();
  await invocation.output.write(settings.output === "json" ? statusJson(members) : statusTable(members));
  if (members.every((member) => member.error !== undefined)) {
    throw new CliError(
      EXIT.unavailable,
      `no member answered at ${settings.endpoints.join(", ")}`,
      "Try: kvraft playground, for a cluster on this machine; or -e HOST:PORT of a member that runs",
    );
  }
}

async function watch(clerk: Clerk): Promise<void> {
  // React and Ink take longer to load than everything else together.
  const { watchStatus } = await import("../screens/watch-status.js");
  await watchStatus(() => clerk.status());
}
