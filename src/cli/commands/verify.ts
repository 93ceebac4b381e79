/** `kvraft verify [--clients N] [--duration D] [--keys N] [--prefix P] [--record FILE]`, `kvraft verify --history FILE` */
import { isUtf8 } from "node:buffer";
import { type Command, Option } from "commander";
import { argumentBytes } from "../argument-bytes.js";
import { usageError } from "../failure.js";
import type { Invocation } from "../invocation.js";
import { duration, wholeNumber } from "../option-values.js";
import { verifyCluster, verifyHistory } from "../verify/verification.js";

const EXAMPLES = `Examples:
  kvraft verify                            ten seconds; kill a member meanwhile
  kvraft verify --duration 10m --record history.jsonl
  kvraft verify --history history.jsonl    judge a recorded one
`;

const WHAT = `
Clients put, append, get and delete keys that nobody else has, half of them
reading through the leader, half from any member. What each was told, and when,
is then judged: is there one order of all operations that explains it? If not,
the fewest that contradict each other are shown. Exit status: 0 linearizable,
70 NOT linearizable, 75 not decided in time, 69 there was no cluster, or it
could not be read at the end.

--timeout bounds each operation. Long runs are slower instead of longer in
operations, of which there are about half a million at most. The keys are erased
afterwards. Ctrl-C ends the load early, and what was done is judged; a second
one at once.
`;

interface VerifyFlags {
  readonly clients: string;
  readonly duration: string;
  readonly keys?: string;
  readonly prefix: string;
  readonly record?: string;
  readonly history?: string;
  readonly judgeTimeout: string;
}

const CLIENTS_MAX = 1000;
const KEYS_MAX = 10_000;
const KEYS_DEFAULT = 5;
/** More on one key at a time make the verdict hard to find. */
const CLIENTS_PER_KEY = 4;

export function define(program: Command, invocation: Invocation): void {
  const ofRun = (flags: string, what: string) => new Option(flags, what).conflicts("history");
  program
    .command("verify")
    .summary("is the cluster linearizable? Try it, under load")
    .description(
      "Puts load on the cluster, records what it answers, and judges whether that is linearizable.",
    )
    .addOption(ofRun("--clients <N>", "how many at once").default("8"))
    .addOption(ofRun("--duration <DURATION>", "of the load").default("10s"))
    .addOption(
      ofRun(
        "--keys <N>",
        `how many at a time (default: ${KEYS_DEFAULT}, or a ${CLIENTS_PER_KEY}th of the clients)`,
      ),
    )
    .addOption(ofRun("--prefix <P>", "with which the keys begin").default("verify/"))
    .addOption(ofRun("--record <FILE>", "keep the history: an operation a line, as JSON"))
    .option("--history <FILE>", "judge this history instead of the cluster; -: stdin")
    .option("--judge-timeout <DURATION>", "how long the verdict may take", "1m")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", WHAT)
    .action(async (flags: VerifyFlags, command: Command) => {
      const settings = await invocation.settings(command.optsWithGlobals());
      const time = (option: string, text: string) => duration(text, { command: "verify", option });
      const judgeTimeoutMs = time("--judge-timeout", flags.judgeTimeout);
      if (flags.history !== undefined) {
        await verifyHistory(invocation, { settings, judgeTimeoutMs, path: flags.history });
        return;
      }
      const count = (option: string, text: string, most: number) =>
        wholeNumber(text, { command: "verify", option, least: 1, most });
      const clients = count("--clients", flags.clients, CLIENTS_MAX);
      const keysDefault = Math.max(KEYS_DEFAULT, Math.ceil(clients / CLIENTS_PER_KEY));
      await verifyCluster(invocation, {
        settings,
        judgeTimeoutMs,
        clients,
        keys: flags.keys === undefined ? keysDefault : count("--keys", flags.keys, KEYS_MAX),
        durationMs: time("--duration", flags.duration),
        prefix: parsePrefix(flags.prefix),
        recordPath: flags.record ?? null,
      });
    });
}

/** Histories are text, so their keys are. */
function parsePrefix(text: string): string {
  if (isUtf8(argumentBytes(text))) return text;
  throw usageError("--prefix: this is not UTF-8", "verify");
}
