/**
 * What put and append have in common: the value is read first, then one write is made of it.
 */
import type { Clerk } from "../clerk/clerk.js";
import { escapeBytes, JSON_VERSION } from "./format.js";
import { type HexFlags, keyBytes, valueBytes } from "./hex.js";
import type { Invocation } from "./invocation.js";
import type { ShortLine } from "./short-line.js";
import { readValue } from "./value.js";

export interface Write {
  readonly command: "put" | "append";
  readonly hex: HexFlags;
  readonly call: (
    clerk: Clerk,
    bytes: { readonly key: Uint8Array; readonly value: Uint8Array },
  ) => Promise<void>;
}

export async function write(
  invocation: Invocation,
  { key, value, flags }: ShortLine,
  { command, hex, call }: Write,
): Promise<void> {
  const settings = await invocation.settings(flags);
  const text = await readValue(value, { command, stdin: () => process.stdin });
  const bytes = { key: keyBytes(key, hex.keyHex), value: valueBytes(text, hex.valueHex) };
  const name = `${command} "${escapeBytes(bytes.key)}"`;
  await invocation.withWrite({ name, settings, command, ...bytes }, (clerk) => call(clerk, bytes));
  if (settings.output === "json") {
    await invocation.output.write(`${JSON.stringify({ version: JSON_VERSION, done: true })}\n`);
  }
}
