/** `kvraft doctor` */
import type { Command } from "commander";
import { EXIT } from "../../base/exit-status.js";
import { systemTimers } from "../../clerk/system-ports.js";
import { answered, type Examined } from "../doctor/check.js";
import { CLUSTER_CHECKS } from "../doctor/cluster-checks.js";
import { MACHINE_CHECKS } from "../doctor/machine-checks.js";
import { doctorJson, doctorText, examine, worst } from "../doctor/report.js";
import { CliError } from "../failure.js";
import type { Invocation } from "../invocation.js";
import type { Settings } from "../settings.js";
import { StatusPoll } from "../status-poll.js";

const EXAMPLES = `Examples:
  kvraft doctor
  kvraft doctor -o json | jq -r '.checks[] | select(.verdict != "ok") | .fix'
`;

/** The first answer comes with the time that it takes to connect. */
const ROUNDS = 2;
/** Whoever answers later than this is in trouble. */
const ANSWER_MS_MAX = 1000;

export function define(program: Command, invocation: Invocation): void {
  program
    .command("doctor")
    .summary("look for what is wrong, and say how to mend it")
    .description(
      "Asks every member what it has counted and measured since it started, and judges it: members, leader, who hears whom, " +
        "disk, network, clock, event loop, limits, versions. Exits with 69 if there is trouble; warnings leave it 0.",
    )
    .addHelpText("before", EXAMPLES)
    .action(async (_: unknown, command: Command) => {
      const settings = await invocation.settings(command.optsWithGlobals());
      const examined = await gather(settings, program.version() ?? "");
      if (answered(examined).length === 0) {
        const tried = examined.members.map(({ client, error }) => `${client} ${error}`).join("; ");
        throw new CliError(
          EXIT.unavailable,
          `no member answers: ${tried}`,
          "Try: -e HOST:PORT of a member that runs",
        );
      }
      const examinations = examine([...CLUSTER_CHECKS, ...MACHINE_CHECKS], examined);
      await invocation.output.write(
        settings.output === "json"
          ? doctorJson(examinations)
          : doctorText(examinations, invocation.output.columns),
      );
      if (worst(examinations) === "trouble") invocation.exitStatus = EXIT.unavailable;
    });
}

/** Each member is asked with a deadline of its own; all together within the time limit. */
async function gather({ endpoints, timeoutMs }: Settings, version: string): Promise<Examined> {
  const poll = new StatusPoll({ endpoints, timeoutMs: Math.min(ANSWER_MS_MAX, timeoutMs / (ROUNDS + 1)) });
  let members = await poll.ask();
  for (let round = 1; round < ROUNDS; round++) members = await poll.ask();
  const aheadMs = Date.now() - systemTimers.nowMs();
  await poll.close();
  return { members, wallClockAt: (momentMs) => momentMs + aheadMs, version };
}
