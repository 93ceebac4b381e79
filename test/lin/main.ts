/**
 * Checks a history that was kept in a file; see {@link parseHistory} for its form.
 *
 *     npm run lin -- FILE [--steps N]     `-`: standard input
 *
 * Exits with 0 if the history is linearizable; with 1 if it is not or if that could not be decided.
 */
import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { EXIT, type ExitStatus } from "../../src/base/exit-status.js";
import { checkLinearizable, STEPS_MAX } from "./checker.js";
import { HistoryLineError, parseHistory } from "./history-file.js";
import type { Operation } from "./operation.js";
import { describeVerdict } from "./verdict.js";

/** What the file says is not linearizable, or may not be. */
const NOT_SHOWN_LEGAL = 1;

const USAGE = `usage: npm run lin -- FILE [--steps N]
FILE is a history, one operation a line as JSON; - reads standard input.
N is how many moves to try before giving up, ${STEPS_MAX} if it is not said.
`;

class Refusal extends Error {
  readonly status: ExitStatus;

  constructor(status: ExitStatus, message: string) {
    super(message);
    this.status = status;
  }
}

try {
  const { file, stepsMax } = readArguments(process.argv.slice(2));
  process.exitCode = check(parse(file, await read(file)), stepsMax);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.status;
}

function readArguments(args: string[]): { file: string; stepsMax: number } {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { steps: { type: "string", default: String(STEPS_MAX) } },
      allowPositionals: true,
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new TypeError("one FILE is needed");
    if (!/^[1-9]\d{0,14}$/.test(values.steps))
      throw new TypeError(`--steps: ${values.steps} is no number of steps`);
    return { file, stepsMax: Number(values.steps) };
  } catch (error) {
    throw new Refusal(EXIT.usage, `${(error as Error).message}\n${USAGE.trimEnd()}`);
  }
}

async function read(file: string): Promise<Buffer> {
  try {
    return file === "-" ? await buffer(process.stdin) : await readFile(file);
  } catch (error) {
    throw new Refusal(EXIT.io, `cannot read ${file}: ${(error as Error).message}`);
  }
}

function parse(file: string, bytes: Buffer): Operation[] {
  const name = file === "-" ? "standard input" : file;
  try {
    if (!isUtf8(bytes)) throw new HistoryLineError(badLine(bytes), "this is not UTF-8");
    return parseHistory(bytes.toString());
  } catch (error) {
    if (!(error instanceof HistoryLineError)) throw error;
    throw new Refusal(EXIT.data, `${name}:${error.line}: ${error.message}`);
  }
}

/** The number of the first line that is not UTF-8. */
function badLine(bytes: Buffer): number {
  let line = 1;
  for (let from = 0; ; line++) {
    const end = bytes.indexOf("\n", from);
    if (end === -1 || !isUtf8(bytes.subarray(from, end))) return line;
    from = end + 1;
  }
}

function check(history: readonly Operation[], stepsMax: number): number {
  const verdict = checkLinearizable(history, { stepsMax });
  process.stdout.write(`${describeVerdict(verdict)}\n`);
  if (verdict.outcome === "legal") return EXIT.done;
  if (verdict.outcome === "undecided") {
    process.stdout.write(
      "This is no proof of a fault, nor that there is none. Try more with --steps, or record a history that is\n" +
        "easier to judge: more reads, texts that do not repeat, more keys, fewer unknown outcomes.\n",
    );
  }
  return NOT_SHOWN_LEGAL;
}
