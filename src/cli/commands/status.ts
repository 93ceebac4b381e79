/** `kvraft status [--once | --watch INTERVAL] [--allow-actions]` */
import type { Command } from "commander";
import { EXIT } from "../../base/exit-status.js";
import { parseDuration } from "../../base/units.js";
import { answerOf } from "../../clerk/observer.js";
import { CliError, usageError } from "../failure.js";
import type { Invocation } from "../invocation.js";
import type { Settings } from "../settings.js";
import { StatusPoll } from "../status-poll.js";
import { statusJson, statusTable } from "../status-report.js";

const EXAMPLES = `Examples:
  kvraft status                            live on a terminal: q quit, ? help
  kvraft status --allow-actions            live, and t transfers leadership
  kvraft status --once
  kvraft status --watch 2s >> status.log   a table every two seconds
  kvraft status -o json | jq -r '.members[] | select(.role == "leader").id'
`;

/** What a member that hangs may take where somebody watches. */
const POLL_TIMEOUT_MS = 1000;

interface StatusFlags {
  readonly once?: true;
  readonly watch?: string;
  readonly allowActions?: true;
}

export function define(program: Command, invocation: Invocation): void {
  program
    .command("status")
    .summary("show what each member says of itself")
    .description("Shows what each member says of itself; those that do not answer, with the reason.")
    .option("--once", "one table, also on a terminal")
    .option("--watch <INTERVAL>", "a table every so often, line by line, also into pipes")
    .option("--allow-actions", "in the live view: t transfers leadership")
    .addHelpText("before", EXAMPLES)
    .action(async (flags: StatusFlags, command: Command) => {
      const settings = await invocation.settings(command.optsWithGlobals());
      if (flags.watch !== undefined) {
        const intervalMs = intervalOf(flags);
        // Only signals end it, and those are the shell's.
        if (invocation.isInShell) throw usageError("--watch is not for the shell", "status");
        return await watch(invocation, settings, intervalMs);
      }
      const isLive = flags.once !== true && settings.output === "text" && canDraw(invocation);
      return isLive ? await showLive(invocation, settings, flags) : await printOnce(invocation, settings);
    });
}

/** A terminal on both sides, all of it, and one that understands more than lines. */
function canDraw({ output, isInShell, environment: { TERM } }: Invocation): boolean {
  return output.isTerminal && process.stdin.isTTY && !isInShell && TERM !== "dumb";
}

function intervalOf({ once, watch = "" }: StatusFlags): number {
  if (once === true) throw usageError("--once and --watch exclude each other", "status");
  const intervalMs = parseDuration(watch);
  if (intervalMs !== null && intervalMs > 0 && intervalMs < 2 ** 31) return intervalMs;
  throw usageError(`--watch: ${JSON.stringify(watch)} is not a duration such as 500ms, 2s or 1m`, "status");
}

/** For whoever is waiting for more than one answer. */
function briefly({ endpoints, timeoutMs }: Settings) {
  return { endpoints, timeoutMs: Math.min(timeoutMs, POLL_TIMEOUT_MS) };
}

async function printOnce(invocation: Invocation, settings: Settings): Promise<void> {
  const poll = new StatusPoll(invocation.isInShell ? briefly(settings) : settings);
  try {
    const members = await poll.ask();
    await invocation.output.write(settings.output === "json" ? statusJson(members) : statusTable(members));
    if (members.some(answerOf)) return;
    throw new CliError(
      EXIT.unavailable,
      `no member answered at ${settings.endpoints.join(", ")}`,
      "Try: kvraft playground, for a cluster on this machine; or -e HOST:PORT of a member that runs",
    );
  } finally {
    await poll.close();
  }
}

/** Until somebody ends it: a cluster that is down is worth watching. */
async function watch({ output }: Invocation, settings: Settings, intervalMs: number): Promise<void> {
  const poll = new StatusPoll(briefly(settings));
  try {
    for (;;) {
      const next = new Promise((resolve) => setTimeout(resolve, intervalMs));
      const members = await poll.ask();
      const time = new Date().toISOString();
      await output.write(
        settings.output === "json" ? statusJson(members, { time }) : `${time}\n${statusTable(members)}\n`,
      );
      await next;
    }
  } finally {
    await poll.close();
  }
}

async function showLive(
  { environment }: Invocation,
  settings: Settings,
  { allowActions }: StatusFlags,
): Promise<void> {
  // Ink draws nothing where one of these is set, not even on a terminal with a person before it.
  for (const variable of ["CI", "CONTINUOUS_INTEGRATION"]) delete process.env[variable];
  // React and Ink take longer to load than everything else together.
  const { showLive } = await import("../screens/status/live-status.js");
  await showLive({
    ...briefly(settings),
    allowActions: allowActions === true,
    environment,
  });
}
