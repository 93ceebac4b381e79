/**
 * Pairs on their way to stdout, gathered so that a long scan writes few large pieces.
 */
import { Buffer } from "node:buffer";
import type { StaleRead } from "../clerk/clerk.js";
import { escapeBytes, JSON_VERSION, jsonBytes } from "./format.js";
import type { OutputFormat } from "./settings.js";
import { jsonRead } from "./stale-read.js";

const PIECE_BYTES = 64 * 1024;

export interface Pair {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface PairsForm {
  /** For a terminal; text only. */
  readonly escaped: boolean;
  readonly format: OutputFormat;
  readonly keysOnly: boolean;
  /** Of a stale scan, whose pairs bring them about; JSON only. */
  readonly reads: readonly StaleRead[] | null;
}

/** Writes every pair as it comes, and waits for each piece; a JSON document that breaks off is not closed. */
export async function printPairs(
  pairs: AsyncIterable<Pair>,
  form: PairsForm,
  write: (piece: Uint8Array) => Promise<void>,
): Promise<void> {
  const json = form.format === "json";
  let pieces: Uint8Array[] = json ? [Buffer.from(`{"version":${JSON_VERSION},"pairs":[`)] : [];
  let pieceBytes = 0;
  let separator = "\n";
  for await (const pair of pairs) {
    const line = json ? Buffer.from(separator + jsonPair(pair, form)) : textLine(pair, form);
    separator = ",\n";
    pieces.push(line);
    pieceBytes += line.length;
    if (pieceBytes < PIECE_BYTES) continue;
    await write(Buffer.concat(pieces));
    pieces = [];
    pieceBytes = 0;
  }
  if (json) pieces.push(Buffer.from(`]${jsonReads(form)}}\n`));
  await write(Buffer.concat(pieces));
}

function jsonReads({ reads }: PairsForm): string {
  return reads === null ? "" : `,"reads":${JSON.stringify(reads.map(jsonRead))}`;
}

function jsonPair({ key, value }: Pair, { keysOnly }: PairsForm): string {
  return JSON.stringify(
    keysOnly ? { key: jsonBytes(key) } : { key: jsonBytes(key), value: jsonBytes(value) },
  );
}

function textLine({ key, value }: Pair, { keysOnly, escaped }: PairsForm): Uint8Array {
  if (escaped) {
    return Buffer.from(keysOnly ? `${escapeBytes(key)}\n` : `${escapeBytes(key)}\t${escapeBytes(value)}\n`);
  }
  return Buffer.concat(
    keysOnly ? [key, Buffer.from("\n")] : [key, Buffer.from("\t"), value, Buffer.from("\n")],
  );
}
