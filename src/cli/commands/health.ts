/** `kvraft health --live | --ready` */
import type { Command } from "commander";
import { EXIT } from "../../base/exit-status.js";
import { CliError, usageError } from "../failure.js";
import { jsonDocument } from "../format.js";
import type { Invocation } from "../invocation.js";

const EXAMPLES = `Examples:
  kvraft -e 127.0.0.1:6840 --timeout 1s health --live  does this member answer?
  kvraft --timeout 1s health --ready                   does the cluster serve?
`;

/** Whether it is there makes no difference. */
const KEY = "kvraft/health";

interface HealthFlags {
  readonly live?: true;
  readonly ready?: true;
}

export function define(program: Command, invocation: Invocation): void {
  program
    .command("health")
    .summary("for probes: exit status 0 or 69")
    .description("Exits with 0 where all is well and with 69 where it is not. Prints nothing.")
    .option("--live", "one of the endpoints answers, with or without a leader")
    .option("--ready", "a linearizable read is answered in time")
    .addHelpText("before", EXAMPLES)
    .action(async ({ live, ready }: HealthFlags, command: Command) => {
      if (live === ready) throw usageError("health needs --live or --ready", "health");
      const settings = await invocation.settings(command.optsWithGlobals());
      await invocation.withClerk({ name: "health", isWrite: false, settings }, async (clerk) => {
        if (ready) {
          await clerk.get(KEY);
          return;
        }
        const members = await clerk.status();
        // Of other members it is only known from an endpoint that answers.
        if (members.some(({ error }) => error === undefined)) return;
        const what = members.map(({ client, error }) => `${client} ${error}`).join(", ");
        throw new CliError(EXIT.unavailable, `no endpoint answers: ${what}`, "Try: kvraft status");
      });
      if (settings.output === "json") {
        await invocation.output.write(jsonDocument({ healthy: true }));
      }
    });
}
