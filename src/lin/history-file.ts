/**
 * Histories as text, to keep and to check again: JSON, one operation a line, in any order.
 *
 *     {"client":1,"op":"append","key":"k","value":"v","start":1200,"end":1500}
 *     {"client":2,"op":"get","key":"k","output":"v","start":1600,"end":1700}
 *     {"client":1,"op":"delete","key":"k","output":"deleted","start":1800,"end":null}
 *
 * `output` is required of a get that ended: the value, or null for none; of a delete it is "deleted", "absent" or null
 * for not told. Where an operation has no such field it may be null. `end` null: the outcome is unknown.
 *
 * Times are whole nanoseconds up to 2⁶³. Beyond 2⁵³ a number holds only some of them, so near ones become equal: the
 * order stays, and what then seems to touch counts as concurrent, which never raises a false alarm.
 */
import { unreachable } from "../base/assert.js";
import type { Operation } from "./operation.js";

/** A line that is not an operation. */
export class HistoryLineError extends Error {
  override readonly name = "HistoryLineError";
  /** The first line is 1. */
  readonly line: number;

  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

/** Throws {@link HistoryLineError}. */
export function parseHistory(text: string): Operation[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line, at) => {
    try {
      return parseOperation(line);
    } catch (error) {
      if (error instanceof BadOperation) throw new HistoryLineError(at + 1, error.message);
      throw error;
    }
  });
}

/** Every line ends in a newline. The times must be whole. */
export function formatHistory(operations: readonly Operation[]): string {
  return operations.map((operation) => `${JSON.stringify(asFields(operation))}\n`).join("");
}

function asFields(operation: Operation): Record<string, unknown> {
  const { client, op, key, start, end } = operation;
  switch (operation.op) {
    case "get":
      return { client, op, key, output: end === null ? null : operation.output, start, end };
    case "put":
    case "append":
      return { client, op, key, value: operation.value, start, end };
    case "delete":
      return { client, op, key, output: end === null ? null : operation.output, start, end };
    default:
      return unreachable(operation);
  }
}

class BadOperation extends Error {}

type Fields = Readonly<Record<string, unknown>>;

const FIELDS = ["client", "op", "key", "value", "output", "start", "end"];
const CLIENT_MAX = Number.MAX_SAFE_INTEGER;
const TIME_MAX = 2 ** 63;

function parseOperation(line: string): Operation {
  const fields = parseObject(line);
  for (const name of Object.keys(fields)) {
    if (!FIELDS.includes(name)) bad(`there is no field ${show(name)}; the fields are ${FIELDS.join(", ")}`);
  }
  const client = whole(fields, "client", CLIENT_MAX);
  const key = text(fields, "key");
  const start = whole(fields, "start", TIME_MAX);
  const end = required(fields, "end") === null ? null : whole(fields, "end", TIME_MAX);
  if (end !== null && end < start) bad(`"end" ${end} is before "start" ${start}`);
  const observed = { client, key, start, end };
  const op = text(fields, "op");
  switch (op) {
    case "get":
      none(fields, "value", "a get");
      return { ...observed, op, output: readValue(fields, end) };
    case "put":
    case "append":
      none(fields, "output", `a ${op}`);
      return { ...observed, op, value: text(fields, "value") };
    case "delete":
      none(fields, "value", "a delete");
      return { ...observed, op, output: readDeleted(fields, end) };
    default:
      return bad(`"op" is ${show(op)}, not "get", "put", "append" or "delete"`);
  }
}

function parseObject(line: string): Fields {
  if (line.trim() === "") bad("the line is empty");
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    bad(`this is not JSON, or was cut off: ${(error as SyntaxError).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    bad(`an operation is a JSON object, not ${show(value)}`);
  }
  return value as Fields;
}

function readValue(fields: Fields, end: number | null): string | null {
  if (end === null) return none(fields, "output", "a get without an end");
  return required(fields, "output") === null ? null : text(fields, "output");
}

function readDeleted(fields: Fields, end: number | null): "deleted" | "absent" | null {
  if (end === null) return none(fields, "output", "a delete without an end");
  const { output = null } = fields;
  if (output === "deleted" || output === "absent" || output === null) return output;
  return bad(`"output" of a delete is ${show(output)}, not "deleted", "absent" or null`);
}

function required(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : bad(`the field "${name}" is missing`);
}

function text(fields: Fields, name: string): string {
  const value = required(fields, name);
  return typeof value === "string" ? value : bad(`"${name}" is ${show(value)}, not a string`);
}

function whole(fields: Fields, name: string, most: number): number {
  const value = required(fields, name);
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most) return value;
  return bad(
    `"${name}" is ${show(value)}, not a whole number from 0 to ${most === TIME_MAX ? "2^63" : most}`,
  );
}

/** A field that says nothing. */
function none(fields: Fields, name: string, of: string): null {
  const value = fields[name] ?? null;
  return value === null ? null : bad(`${of} has no "${name}", and here it is ${show(value)}`);
}

function bad(reason: string): never {
  throw new BadOperation(reason);
}

const SHOWN_MAX = 40;

function show(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length <= SHOWN_MAX ? json : `${json.slice(0, SHOWN_MAX)}…`;
}
