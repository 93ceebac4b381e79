/** `kvraft export [FILE] [--prefix P] [--resume]` */
import { Buffer } from "node:buffer";
import type { Command } from "commander";
import { argumentBytes } from "../argument-bytes.js";
import { CliError, usageError } from "../failure.js";
import type { Invocation } from "../invocation.js";
import { ExportFile } from "../transfer/export-file.js";
import { pairLine } from "../transfer/line.js";
import { Progress } from "../transfer/progress.js";

const EXAMPLES = `Examples:
  kvraft export backup.jsonl
  kvraft export --resume backup.jsonl      go on after the last whole line
  kvraft export --prefix user/ | gzip > users.jsonl.gz
`;

const FORM = `
One JSON object a line, in byte order of keys:
  {"key":{"base64":…},"value":{"base64":…}}
Each page of about a mebibyte is one linearizable read; writes that are made
meanwhile may be in the export or not. --timeout bounds each read.
`;

const PIECE_BYTES = 64 * 1024;

interface ExportFlags {
  readonly prefix?: string;
  readonly resume?: true;
}

export function define(program: Command, invocation: Invocation): void {
  program
    .command("export")
    .summary("write keys and values as lines of JSON")
    .description("Writes keys and values as lines of JSON, to a new FILE or stdout.")
    .argument("[file]", "a file that is not there yet")
    .option("--prefix <P>", "only keys that begin with it")
    .option("--resume", "go on with FILE, after its last whole line")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", FORM)
    .action(async (path: string | undefined, flags: ExportFlags, command: Command) => {
      const settings = await invocation.settings(command.optsWithGlobals());
      if (flags.resume && path === undefined)
        throw usageError("--resume needs the FILE to go on with", "export");
      const file = path === undefined ? null : new ExportFile(path, flags.resume === true);
      const range = {
        ...(flags.prefix === undefined ? {} : { prefix: argumentBytes(flags.prefix) }),
        ...(file?.lastKey ? { from: after(file.lastKey) } : {}),
      };
      const progress = new Progress(process.stderr);
      try {
        await invocation.withClerk({ name: "export", isWrite: false, settings }, async (clerk) => {
          let piece = "";
          const flush = async () => {
            if (file === null) await invocation.output.write(piece);
            else file.write(piece);
            piece = "";
          };
          for await (const pair of clerk.scan(range)) {
            piece += pairLine(pair);
            progress.add(pair.key.length + pair.value.length);
            if (piece.length >= PIECE_BYTES) await flush();
          }
          await flush();
        });
      } catch (error) {
        if (path !== undefined && error instanceof Error && !(error instanceof CliError)) {
          invocation.note(`${path} holds what came before; kvraft export --resume goes on with it`);
        }
        throw error;
      } finally {
        progress.end();
        file?.close();
      }
    });
}

/** The least key after `key`. */
function after(key: Uint8Array): Uint8Array {
  return Buffer.concat([key, Buffer.of(0)]);
}
