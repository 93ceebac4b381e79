/**
 * Loaded into a daemon before its own modules (`node --import`): gives it a disk that fails or is slow, by replacing what
 * node:fs does. Orders:
 *
 * - `OPERATION ERROR PASS`: the PASS-th operation from now on fails, and nothing of it has happened.
 * - `write ERROR PASS half`, `write ERROR PASS all`: so much of it is on disk nevertheless.
 * - `write short PASS`: the system takes half of the bytes and says so, which is no error.
 * - `slow MS`: every write and sync takes so much longer; `slow 0` ends that.
 */
import fs from "node:fs";
import { onOrder } from "../orders.js";

type Method = (...args: unknown[]) => unknown;
type Callback = (error: Error | null, written?: number) => void;

const SECTOR_BYTES = 512;

/** Where each operation is found; those of `fs.promises` return promises, the others take a callback. */
const OPERATIONS = {
  write: [fs, ["write"]],
  sync: [fs, ["fsync", "fdatasync"]],
  read: [fs, ["read"]],
  open: [fs, ["open"]],
  rename: [fs.promises, ["rename"]],
  unlink: [fs.promises, ["unlink"]],
} as const satisfies Readonly<Record<string, readonly [object, readonly string[]]>>;

interface Fault {
  readonly operation: string;
  readonly error: string;
  readonly written: string;
  passesLeft: number;
}

let fault: Fault | null = null;
let slowMs = 0;

/** The fault, if it is this call's turn to have it. */
function faultOf(operation: string): Fault | null {
  if (fault === null || fault.operation !== operation || --fault.passesLeft > 0) return null;
  const due = fault;
  fault = null;
  return due;
}

function failure(code: string, call: string): Error {
  return Object.assign(new Error(`${code}: by order of the test, ${call}`), { code });
}

/** A write with all its arguments: descriptor, bytes, first byte, length, place in the file, callback. */
function failWrite(write: Method, args: unknown[], { error, written }: Fault): unknown {
  const length = Number(args[3]);
  const half = error === "short" || written === "half";
  const kept = half ? length / 2 - ((length / 2) % SECTOR_BYTES) : written === "all" ? length : 0;
  const callback = args[5] as Callback;
  const answer: Callback = () =>
    error === "short" ? callback(null, kept) : callback(failure(error, "write"));
  return kept === 0
    ? void setImmediate(() => answer(null))
    : write(args[0], args[1], args[2], kept, args[4], answer);
}

function replace(operation: string, holder: object, name: string): void {
  const original = Reflect.get(holder, name) as Method;
  const isDelayed = operation === "write" || operation === "sync";
  Reflect.set(holder, name, (...args: unknown[]): unknown => {
    const due = faultOf(operation);
    if (due !== null && operation === "write") return failWrite(original, args, due);
    if (due !== null && holder === fs.promises) return Promise.reject(failure(due.error, name));
    const callback = args.at(-1) as Callback;
    if (due !== null) return void setImmediate(() => callback(failure(due.error, name)));
    if (isDelayed && slowMs > 0) return void setTimeout(() => original(...args), slowMs);
    return original(...args);
  });
}

for (const [operation, [holder, names]] of Object.entries(OPERATIONS)) {
  for (const name of names) replace(operation, holder, name);
}

onOrder((order) => {
  const [operation = "", argument = "", pass = "1", written = ""] = order.split(" ");
  if (operation === "slow") slowMs = Number(argument);
  else if (operation in OPERATIONS) fault = { operation, error: argument, written, passesLeft: Number(pass) };
  else throw new Error(`what is "${order}"?`);
});
