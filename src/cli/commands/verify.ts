/** `kvraft verify [--clients N] [--duration D] [--keys N] [--prefix P] [--record FILE]`, `kvraft verify --history FILE` */
import { isUtf8 } from "node:buffer";
import { type Command, Option } from "commander";
import { parseDuration } from "../../base/units.js";
import { argumentBytes } from "../argument-bytes.js";
import { usageError } from "../failure.js";
import type { Invocation } from "../invocation.js";
import { verifyCluster, verifyHistory } from "../verify/verification.js";

const EXAMPLES = `Examples:
  kvraft verify                            ten seconds; kill a member meanwhile
  kvraft verify --duration 10m --record history.jsonl
  kvraft verify --history history.jsonl    judge a recorded one
`;

const WHAT = `
Clients of their own put, append, get and delete keys that nobody else has; half of them read through
the leader, half from any member. What each was told, and when, is then judged: is there one order of
all operations that explains it? If not, the fewest that contradict each other are shown. Exit status
70: NOT linearizable; 75: not decided in time; 69: the cluster could not be read at the end.

--timeout bounds each operation. Long runs have pauses: a run has about half a million operations
at most. Ctrl-C ends it early: what was done until then is judged, and the keys are erased.
`;

interface VerifyFlags {
  readonly clients?: string;
  readonly duration: string;
  readonly keys?: string;
  readonly prefix: string;
  readonly record?: string;
  readonly history?: string;
  readonly judgeTimeout: string;
}

const CLIENTS_DEFAULT = 8;
const CLIENTS_MAX = 1000;
const KEYS_DEFAULT = 5;
const KEYS_MAX = 10_000;
/** More on one key at a time make the verdict hard to find. */
const CLIENTS_PER_KEY = 4;
/** Longer ones overflow the timers of Node. */
const TIME_MS_MAX = 2 ** 31 - 1;

export function define(program: Command, invocation: Invocation): void {
  const ofRun = (flags: string, what: string) => new Option(flags, what).conflicts("history");
  program
    .command("verify")
    .summary("is the cluster linearizable? Try it, under load")
    .description(
      "Puts load on the cluster, records what it answers, and judges whether that is linearizable.",
    )
    .addOption(ofRun("--clients <N>", `how many at once (default: ${CLIENTS_DEFAULT})`))
    .addOption(ofRun("--duration <D>", "of the load").default("10s"))
    .addOption(
      ofRun(
        "--keys <N>",
        `how many are at work at a time (default: ${KEYS_DEFAULT}, or one for ${CLIENTS_PER_KEY} clients)`,
      ),
    )
    .addOption(ofRun("--prefix <P>", "what its keys begin with").default("verify/"))
    .addOption(ofRun("--record <FILE>", "keep the history, one operation a line as JSON"))
    .option("--history <FILE>", "judge this history instead of the cluster; -: stdin")
    .option("--judge-timeout <D>", "how long the verdict may take", "1m")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", WHAT)
    .action(async (flags: VerifyFlags, command: Command) => {
      const settings = await invocation.settings(command.optsWithGlobals());
      const judgeTimeoutMs = parseTime("--judge-timeout", flags.judgeTimeout);
      if (flags.history !== undefined) {
        await verifyHistory(invocation, { settings, judgeTimeoutMs, path: flags.history });
        return;
      }
      const clients = parseCount("--clients", flags.clients, CLIENTS_MAX) ?? CLIENTS_DEFAULT;
      const keysDefault = Math.max(KEYS_DEFAULT, Math.ceil(clients / CLIENTS_PER_KEY));
      await verifyCluster(invocation, {
        settings,
        judgeTimeoutMs,
        clients,
        keys: parseCount("--keys", flags.keys, KEYS_MAX) ?? keysDefault,
        durationMs: parseTime("--duration", flags.duration),
        prefix: parsePrefix(flags.prefix),
        recordPath: flags.record ?? null,
      });
    });
}

function parseTime(flag: string, text: string): number {
  const timeMs = parseDuration(text);
  if (timeMs !== null && timeMs > 0 && timeMs <= TIME_MS_MAX) return timeMs;
  throw usageError(`${flag}: ${JSON.stringify(text)} is not a duration such as 10s, 5m or 2h`, "verify");
}

function parseCount(flag: string, text: string | undefined, max: number): number | null {
  if (text === undefined) return null;
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= max) return count;
  throw usageError(`${flag}: ${JSON.stringify(text)} is not a number from 1 to ${max}`, "verify");
}

/** Histories are text, so their keys are. */
function parsePrefix(text: string): string {
  if (isUtf8(argumentBytes(text))) return text;
  throw usageError("--prefix: this is not UTF-8", "verify");
}
