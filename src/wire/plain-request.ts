/** Requests that come often, in the form in which they are written here: see plain-reader.ts. */
import type { Consistency } from "./client-message.js";
import { PlainReader } from "./plain-reader.js";

const REQUEST_ID = 0x08;
const COMMAND = 0x12;
const GET = 0x1a;
const KEY = 0x0a;
const CONSISTENCY = 0x10;
const CONSISTENCIES: readonly Consistency[] = ["linearizable", "stale"];

/** A request whose payload, a command or a get's key, lies in [start, end) of the body that was read. */
export type PlainRequest = { readonly requestId: number; readonly start: number; readonly end: number } & (
  | { readonly kind: "command" }
  | { readonly kind: "get"; readonly consistency: Consistency }
);

/** Null: it is of another kind or form, or none at all. */
export function readPlainRequest(body: Uint8Array): PlainRequest | null {
  const reader = new PlainReader(body, 0, body.length);
  const requestId = reader.number(REQUEST_ID);
  if (requestId === 0) return null;
  if (reader.bytes(COMMAND)) {
    const { start, at } = reader;
    return reader.isPlain ? { kind: "command", requestId, start, end: at } : null;
  }
  if (!reader.has(GET)) return null;
  const outer = reader.enter();
  const hasKey = reader.bytes(KEY);
  const { start, at } = reader;
  const consistency = CONSISTENCIES[reader.number(CONSISTENCY)];
  reader.leave(outer);
  if (!hasKey || consistency === undefined || !reader.isPlain) return null;
  return { kind: "get", requestId, start, end: at, consistency };
}
