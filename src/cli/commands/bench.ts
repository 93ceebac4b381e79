/** `kvraft bench [put|get|append|mixed]` */
import { Argument, type Command } from "commander";
import { EXIT } from "../../base/exit-status.js";
import { type BenchFlags, DEFAULTS, planOf, WORKLOADS, type Workload } from "../bench/plan.js";
import { onInterrupt } from "../interrupts.js";
import type { Invocation } from "../invocation.js";

const EXAMPLES = `Examples:
  kvraft bench
  kvraft bench mixed --get-percent 95 --clients 64 --duration 30s
  kvraft bench put --rate 2000/s           at a steady rate: what becomes of it?
  kvraft bench --kill-leader 4711          SIGKILL: how long is the fail-over?
`;

const SHAPES = `
Without --rate each client sends when it has its answer. With it requests are
due at that rate, the next client that is free sends each, and latency counts
from when it was due, so that what a stall kept waiting is seen ("coordinated
omission"). --timeout bounds each operation.

The keys lie under the prefix, and are removed afterwards; where there are any
before it begins, it does not. Ctrl-C ends the run early, with what was
measured; a second one at once.
`;

export function define(program: Command, invocation: Invocation): void {
  program
    .command("bench")
    .summary("measure how fast the cluster is")
    .description("Measures how fast the cluster is: throughput, latencies, errors, and the longest gap.")
    .addArgument(
      new Argument("[workload]", "what the clients do").choices(WORKLOADS).default(DEFAULTS.workload),
    )
    .option("--clients <N>", "how many, each with a connection of its own", DEFAULTS.clients)
    .option("--duration <DURATION>", `for how long (default: ${DEFAULTS.duration})`)
    .option("--total <N>", "how many operations in all, in the place of --duration")
    .option("--rate <N/s>", "operations a second (default: as many as get answers)")
    .option("--value-bytes <SIZE>", "of each value, or of what is appended", DEFAULTS.valueBytes)
    .option("--keys <N>", "how many different ones, drawn at random", DEFAULTS.keys)
    .option("--get-percent <N>", "of mixed: how many of a hundred are gets", DEFAULTS.getPercent)
    .option("--prefix <P>", "with which the keys begin", DEFAULTS.prefix)
    .option("--keep", "do not remove the keys")
    .option("--force", "begin although there are keys; those of a benchmark's form are removed")
    .option("--kill-leader <PID>", "SIGKILL this kvraftd of this machine in the middle")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", SHAPES)
    .action(async (workload: Workload, flags: BenchFlags, command: Command) => {
      const plan = planOf(workload, flags);
      const settings = await invocation.settings(command.optsWithGlobals());
      const { Bench } = await import("../bench/run-bench.js");
      const bench = new Bench(plan, { invocation, settings });
      invocation.handlesInterrupt = true;
      onInterrupt(() => bench.stop());
      const report = await invocation.withClerk({ name: "bench", isWrite: true, settings }, (clerk) =>
        bench.run(clerk),
      );
      if (bench.isStopped) invocation.exitStatus = EXIT.interrupted;
      else if (report?.measured.operations === 0) invocation.exitStatus = EXIT.unavailable;
    });
}
