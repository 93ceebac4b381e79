/** `kvraft import [FILE] [--skip N]` */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Command } from "commander";
import { EXIT } from "../../base/exit-status.js";
import type { Pair } from "../../clerk/clerk.js";
import { CliError, usageError } from "../failure.js";
import { jsonDocument } from "../format.js";
import type { Input, Invocation } from "../invocation.js";
import { Importer } from "../transfer/importer.js";
import { parsePairLine } from "../transfer/line.js";
import { Progress } from "../transfer/progress.js";

const EXAMPLES = `Examples:
  kvraft import backup.jsonl
  zcat users.jsonl.gz | kvraft import
  kvraft import --skip 120000 backup.jsonl
`;

const FORM = `
Reads what kvraft export writes; "utf8" may stand in the place of "base64". Keys
that are there are overwritten, others stay. When it fails it says how many
lines are stored, to be skipped the next time; to import a line twice does no
harm. --timeout bounds each write.
`;

export function define(program: Command, invocation: Invocation): void {
  program
    .command("import")
    .summary("store keys and values from lines of JSON")
    .description("Stores keys and values from lines of JSON, as export writes them.")
    .argument("[file]", "absent or -: stdin")
    .option("--skip <N>", "pass over the first N lines")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", FORM)
    .action(async (path: string | undefined, { skip }: { readonly skip?: string }, command: Command) => {
      const settings = await invocation.settings(command.optsWithGlobals());
      const skipped = skip === undefined ? 0 : parseSkip(skip);
      const fromStdin = path === undefined || path === "-";
      const name = fromStdin ? "stdin" : path;
      const input: Input = fromStdin ? invocation.input() : createReadStream(path);
      if (input.isTTY === true) throw usageError("import needs a FILE, or a pipe on stdin", "import");
      const progress = new Progress(process.stderr);
      try {
        await invocation.withClerk({ name: "import", isWrite: true, settings }, async (clerk) => {
          const onDone = ({ key, value }: Pair) => progress.add(key.length + value.length);
          const importer = new Importer(clerk, { skipped, onDone });
          // Only now: lines that come before somebody asks for them are lost.
          const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
          await importLines(importer, lines, { name, skipped }).catch(async (error: unknown) => {
            await importer.finish().catch(() => {});
            const { storedLines } = importer;
            progress.end();
            invocation.note(
              `${storedLines} lines of ${name} are stored; kvraft import --skip ${storedLines} goes on`,
            );
            throw error;
          });
        });
      } finally {
        progress.end();
        input.destroy();
      }
      if (settings.output === "json") {
        await invocation.output.write(jsonDocument({ pairs: progress.pairs }));
      }
    });
}

async function importLines(
  importer: Importer,
  lines: AsyncIterable<string>,
  { name, skipped }: { readonly name: string; readonly skipped: number },
): Promise<void> {
  let line = 0;
  for await (const text of lines) {
    line++;
    if (line <= skipped || text === "") continue;
    const pair = parsePairLine(text);
    if (pair === null) throw new CliError(EXIT.data, `${name}:${line}: this line is no pair`);
    await importer.add(pair, line);
  }
  await importer.finish();
}

function parseSkip(text: string): number {
  const lines = /^\d+$/.test(text) ? Number(text) : -1;
  if (Number.isSafeInteger(lines) && lines >= 0) return lines;
  throw usageError(`--skip: ${JSON.stringify(text)} is not a number of lines`, "import");
}
