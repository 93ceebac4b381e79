/** `kvraft scan [--prefix P] [--from A] [--to B] [--limit N] [--keys-only]` */
import type { Command } from "commander";
import { EXIT } from "../../base/exit-status.js";
import type { Clerk, StalePage, StaleRead } from "../../clerk/clerk.js";
import { Deadline } from "../deadline.js";
import { CliError, usageError } from "../failure.js";
import { addKeyHex, type HexFlags, keyBytes } from "../hex.js";
import type { Invocation } from "../invocation.js";
import { type Pair, printPairs } from "../scan-output.js";
import type { Settings } from "../settings.js";
import { type ConsistencyFlag, consistencyOption, describeReads } from "../stale-read.js";

const EXAMPLES = `Examples:
  kvraft scan --prefix user/
  kvraft scan --from 2024-01 --to 2024-02 --limit 10
  kvraft scan --keys-only | wc -l
  kvraft scan --consistency stale    any member may answer
  kvraft scan -o json                {"version":1,"pairs":[{"key":{…},…},…]}
`;

const FORM = `
One line a pair: key, tab, value. On a terminal, bytes that are not printable
text are escaped (\\n, \\t, \\\\, \\x00); elsewhere they come as they are, so where
keys or values may hold tabs or newlines use -o json. A long scan is several
reads in a row.

With --consistency stale, stderr says at the end which member answered, and how
far behind what all members together have acknowledged that may be; with -o json
the document does, read by read.
`;

interface ScanFlags extends ConsistencyFlag, HexFlags {
  readonly prefix?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit?: string;
  readonly keysOnly?: true;
}

export function define(program: Command, invocation: Invocation): void {
  const command = program
    .command("scan")
    .summary("print keys and values in order")
    .description("Prints keys and values in byte order of keys.")
    .option("--prefix <P>", "only keys that begin with it")
    .option("--from <A>", "from this key on")
    .option("--to <B>", "up to this key, without it")
    .option("--limit <N>", "at most so many pairs")
    .option("--keys-only", "keys without values, one a line")
    .addOption(consistencyOption(program))
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", FORM)
    .action(async (flags: ScanFlags, command: Command) => {
      const settings = await invocation.settings(command.optsWithGlobals());
      const range = {
        ...(flags.prefix === undefined ? {} : { prefix: keyBytes(flags.prefix, flags.keyHex) }),
        ...(flags.from === undefined ? {} : { from: keyBytes(flags.from, flags.keyHex) }),
        ...(flags.to === undefined ? {} : { to: keyBytes(flags.to, flags.keyHex) }),
        ...(flags.limit === undefined ? {} : { limit: parseLimit(flags.limit) }),
        keysOnly: flags.keysOnly === true,
      };
      const reads: StaleRead[] | null = flags.consistency === "stale" ? [] : null;
      const form = {
        escaped: invocation.output.isTerminal,
        format: settings.output,
        keysOnly: range.keysOnly,
        reads,
      };
      await invocation.withClerk({ name: "scan", isWrite: false, settings }, (clerk) =>
        inTime({ clerk, settings }, (deadline) =>
          printPairs(
            reads === null ? clerk.scan(range) : pairsOf(clerk.scanStale(range), reads),
            form,
            async (piece) => {
              deadline.pause();
              await invocation.output.write(piece);
              deadline.resume();
            },
          ),
        ),
      );
      if (reads !== null && settings.output === "text") invocation.note(describeReads(reads));
    });
  addKeyHex(command, "P, A and B are hexadecimal");
}

/** What is said of each page gathers in `reads`. */
async function* pairsOf(
  pages: AsyncIterable<StalePage>,
  reads: StaleRead[],
): AsyncGenerator<Pair, void, undefined> {
  for await (const { pairs, ...read } of pages) {
    reads.push(read);
    yield* pairs;
  }
}

/** The Clerk bounds each page; this bounds them all. */
async function inTime(
  { clerk, settings }: { readonly clerk: Clerk; readonly settings: Settings },
  work: (deadline: Deadline) => Promise<void>,
): Promise<void> {
  let late = false;
  const deadline = new Deadline(settings.timeoutMs, () => {
    late = true;
    void clerk.close();
  });
  try {
    await work(deadline);
  } catch (error) {
    if (!late) throw error;
    const advice = "What was printed is only its beginning. Try: a longer --timeout, or --limit";
    throw new CliError(EXIT.unavailable, `scan: not finished after ${settings.timeoutMs} ms`, advice);
  } finally {
    deadline.pause();
  }
}

function parseLimit(text: string): number {
  const limit = /^\d+$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && Number.isSafeInteger(limit)) return limit;
  throw usageError(`--limit: ${JSON.stringify(text)} is not a whole number of at least 1`, "scan");
}
