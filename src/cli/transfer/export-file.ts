/** The file that an export writes: begun anew, or gone on with after its last whole line. */
import { Buffer } from "node:buffer";
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { EXIT } from "../../base/exit-status.js";
import { CliError, refuseExisting } from "../failure.js";
import { parsePairLine } from "./line.js";

const READ_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

export class ExportFile {
  /** The key of the last whole line that was there; null: there was none. */
  readonly lastKey: Uint8Array | null;
  readonly #descriptor: number;

  /** Without `goOn` a file that is there already is refused. @throws CliError 65: it is no export; a system error */
  constructor(path: string, goOn: boolean) {
    this.#descriptor = open(path, goOn);
    const { end, line } = lastLine(this.#descriptor);
    const pair = line === null ? null : parsePairLine(line);
    if (line !== null && pair === null) {
      closeSync(this.#descriptor);
      throw new CliError(EXIT.data, `${path}: its last whole line is no pair`, "Nothing was changed.");
    }
    this.lastKey = pair?.key ?? null;
    ftruncateSync(this.#descriptor, end);
  }

  write(text: string): void {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function open(path: string, goOn: boolean): number {
  try {
    return openSync(path, goOn ? "a+" : "wx+", 0o600);
  } catch (error) {
    return refuseExisting(error, path, "Nothing was changed. Try: another file, or --resume");
  }
}

/** Where the last whole line ends, and what it says. */
function lastLine(descriptor: number): { readonly end: number; readonly line: string | null } {
  const end = lineStart(descriptor, fstatSync(descriptor).size);
  if (end === 0) return { end, line: null };
  const start = lineStart(descriptor, end - 1);
  return { end, line: read(descriptor, start, end - 1).toString("utf8") };
}

/** After the last newline before `offset`; 0: there is none. */
function lineStart(descriptor: number, offset: number): number {
  for (let end = offset; end > 0; ) {
    const start = Math.max(0, end - READ_BYTES);
    const at = read(descriptor, start, end).lastIndexOf(NEWLINE);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}

function read(descriptor: number, start: number, end: number): Buffer {
  const bytes = Buffer.alloc(end - start);
  let filled = 0;
  while (filled < bytes.length) {
    const got = readSync(descriptor, bytes, filled, bytes.length - filled, start + filled);
    if (got === 0) break;
    filled += got;
  }
  return bytes.subarray(0, filled);
}
