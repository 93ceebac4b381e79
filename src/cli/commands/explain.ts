/** `kvraft explain KEY` */
import type { Command } from "commander";
import type { Explanation, PastWrite } from "../../clerk/clerk.js";
import { endWithoutKey } from "../absent-key.js";
import { escapeBytes, jsonBytes, jsonDocument } from "../format.js";
import { addKeyHex, type HexFlags, keyBytes } from "../hex.js";
import type { Invocation } from "../invocation.js";

const EXAMPLES = `Examples:
  kvraft explain greeting
  kvraft explain greeting -o json      {"version":1,"key":{…},"sizeBytes":12,…}
`;

const TIMES = `
Times are those of the cluster's own clock: within ten seconds of the write.
What happened to a key under a version that did not keep it is unknown.
`;

export function define(program: Command, invocation: Invocation): void {
  const command = program
    .command("explain")
    .summary("tell when a key was created and changed, and by whom")
    .description(
      "Tells what is kept of a key beside its value: its size, when it was created and changed, and by whom.",
    )
    .argument("<key>", "1 to 4096 bytes")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", TIMES)
    .action(async (argument: string, { keyHex }: HexFlags, command: Command) => {
      const settings = await invocation.settings(command.optsWithGlobals());
      const key = keyBytes(argument, keyHex);
      const name = `explain "${escapeBytes(key)}"`;
      const explanation = await invocation.withClerk({ name, isWrite: false, settings }, (clerk) =>
        clerk.explain(key),
      );
      if (explanation === null) {
        endWithoutKey(invocation, key);
      } else {
        const isJson = settings.output === "json";
        await invocation.output.write(
          isJson ? explanationJson(key, explanation) : explanationText(explanation),
        );
      }
    });
  addKeyHex(command);
}

const UNKNOWN = "unknown";
/** Of the longest name, and what separates it from what follows. */
const NAME_WIDTH = 12;

/** For people: a name and what there is to say of it, one line each. */
export function explanationText({ sizeBytes, created, changed, appends }: Explanation): string {
  const isUntouched = created !== null && created.index === changed?.index;
  const lines = [
    ["size", `${sizeBytes} ${sizeBytes === 1 ? "byte" : "bytes"}`],
    ["created", describeWrite(created)],
    ["changed", isUntouched ? "never" : describeWrite(changed)],
    ["written by", changed === null ? UNKNOWN : `client ${changed.client}, sequence ${changed.sequence}`],
    ["appends", appends === null ? UNKNOWN : `${appends === 0 ? "none" : appends} since the last put`],
  ];
  return lines.map(([name = "", text]) => `${name.padEnd(NAME_WIDTH)}${text}\n`).join("");
}

function describeWrite(write: PastWrite | null): string {
  if (write === null) return UNKNOWN;
  const time = write.timeMs === null ? "time unknown" : `${isoTime(write.timeMs)} (within 10 s)`;
  return `${time}, index ${write.index}, term ${write.term}`;
}

/** Indexes, terms and sequences are text: in other languages they may exceed what a JSON number holds. */
export function explanationJson(key: Uint8Array, explanation: Explanation): string {
  const { sizeBytes, created, changed, appends } = explanation;
  const last =
    changed === null
      ? null
      : { ...jsonWrite(changed), client: changed.client, sequence: String(changed.sequence) };
  return jsonDocument({
    key: jsonBytes(key),
    sizeBytes,
    created: jsonWrite(created),
    changed: last,
    appends,
  });
}

function jsonWrite(write: PastWrite | null): object | null {
  if (write === null) return null;
  const { index, term, timeMs } = write;
  return { time: timeMs === null ? null : isoTime(timeMs), index: String(index), term: String(term) };
}

/** Without the milliseconds, which are always zero. */
function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(".000Z", "Z");
}
