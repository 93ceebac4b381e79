/**
 * What put and append have in common: the value is read first, then one write is made of it.
 */
import type { Command } from "commander";
import type { Clerk } from "../clerk/clerk.js";
import { argumentBytes } from "./argument-bytes.js";
import { escapeBytes, JSON_VERSION } from "./format.js";
import type { Invocation } from "./invocation.js";
import { readValue } from "./value.js";

export interface Write {
  readonly key: string;
  /** Absent: stdin. */
  readonly value: string | undefined;
  readonly call: (
    clerk: Clerk,
    bytes: { readonly key: Uint8Array; readonly value: Uint8Array },
  ) => Promise<void>;
}

export async function write(
  invocation: Invocation,
  command: Command,
  { key, value, call }: Write,
): Promise<void> {
  const settings = await invocation.settings(command.optsWithGlobals());
  const keyBytes = argumentBytes(key);
  const valueBytes = await readValue(value, { command: command.name(), stdin: () => process.stdin });
  const name = `${command.name()} "${escapeBytes(keyBytes)}"`;
  await invocation.withClerk({ name, isWrite: true, settings }, (clerk) =>
    call(clerk, { key: keyBytes, value: valueBytes }),
  );
  if (settings.output === "json") {
    await invocation.output.write(`${JSON.stringify({ version: JSON_VERSION, done: true })}\n`);
  }
}
