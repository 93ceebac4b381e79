/**
 * The exact bytes of command-line arguments. Node decodes them as UTF-8 and replaces what is none with
 * U+FFFD, so that a key of raw bytes would silently become another key. On Linux the bytes are
 * read back from /proc; elsewhere such an argument is refused. Between here and `argumentBytes`
 * an undecodable byte 0x80–0xff stands as the lone surrogate U+DC80–U+DCFF, as in
 * Python (PEP 383): no argument can contain one otherwise.
 */
import { Buffer, isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { usageError } from "./failure.js";

const REPLACEMENT = "\ufffd";
const ESCAPE_BASE = 0xdc00;
const UTF8_LENGTHS = [1, 2, 3, 4];

/** `decoded` with nothing lost. `readCommandLine` gives all arguments of this process, each ended by NUL. */
export function exactArguments(
  decoded: readonly string[],
  readCommandLine = () => readFileSync("/proc/self/cmdline"),
): readonly string[] {
  if (!decoded.some((argument) => argument.includes(REPLACEMENT))) return decoded;
  // What stands before ours is Node's: the interpreter, its options, the script.
  const exact = splitAtNul(commandLineOrNone(readCommandLine)).slice(-decoded.length).map(decodeEscaped);
  if (exact.length === decoded.length && exact.every((text, at) => isDecodingOf(decoded[at], text)))
    return exact;
  throw usageError("an argument is not valid UTF-8, and its bytes cannot be recovered on this system");
}

/** What the caller typed, to the byte. */
export function argumentBytes(argument: string): Uint8Array {
  const parts = argument.split(/([\udc80-\udcff])/u);
  return Buffer.concat(
    parts.map((part, at) => (at % 2 === 1 ? Buffer.of(part.charCodeAt(0) - ESCAPE_BASE) : Buffer.from(part))),
  );
}

/** A byte as it stands between here and {@link argumentBytes}. */
export function byteCharacter(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : ESCAPE_BASE + byte);
}

function commandLineOrNone(readCommandLine: () => Buffer): Buffer {
  try {
    return readCommandLine();
  } catch {
    return Buffer.alloc(0); // No /proc here: the caller refuses.
  }
}

function splitAtNul(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0, start);
    if (end === -1) break;
    parts.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return parts;
}

/** Bytes that {@link argumentBytes} gives back. */
export function decodeEscaped(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = UTF8_LENGTHS.find((n) => at + n <= bytes.length && isUtf8(bytes.subarray(at, at + n)));
    text +=
      length === undefined ? byteCharacter(bytes.readUInt8(at)) : bytes.toString("utf8", at, at + length);
    at += length ?? 1;
  }
  return text;
}

/** Guards against taking the wrong arguments for ours: the lossy decoding of `exact` must be what Node made of it. */
function isDecodingOf(decoded: string | undefined, exact: string): boolean {
  return Buffer.from(argumentBytes(exact)).toString("utf8") === decoded;
}
