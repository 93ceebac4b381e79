import test from "ava";
import type { Command } from "../../src/kv/command.js";
import { refuse } from "../../src/server/validation.js";
import type { ClientRequest } from "../../src/wire/client-message.js";

const REQUEST_BYTES_MAX = 100_000;

const put = (key: string, value: string): Command => ({
  kind: "session",
  clientId: "12345678",
  session: 1,
  sequence: 1,
  acknowledgedBelow: 1,
  operation: { kind: "put", key, value },
});
const request = (command: Command): ClientRequest => ({
  kind: "command",
  requestId: 1,
  bytes: new Uint8Array(),
  command,
});
const code = (value: ClientRequest) => refuse(value, REQUEST_BYTES_MAX)?.code;

test("ordinary requests pass", (t) => {
  t.is(code(request(put("k", ""))), undefined);
  t.is(code(request({ kind: "open", clientId: "12345678" })), undefined);
  t.is(code({ kind: "get", requestId: 1, key: "k", consistency: "linearizable" }), undefined);
  t.is(code({ kind: "status", requestId: 1 }), undefined);
});

test("PITFALLS 51: an empty key is refused, every other key of bytes is taken", (t) => {
  t.is(code(request(put("", "v"))), "invalid");
  t.is(code({ kind: "get", requestId: 1, key: "", consistency: "linearizable" }), "invalid");
  for (const key of ["__proto__", "\0", "\xff\xfe", "constructor"])
    t.is(code(request(put(key, "v"))), undefined);
});

test("a key of 4 KiB passes, one more byte does not", (t) => {
  t.is(code(request(put("k".repeat(4096), "v"))), undefined);
  t.is(code(request(put("k".repeat(4097), "v"))), "too-large");
  t.is(code({ kind: "get", requestId: 1, key: "k".repeat(4097), consistency: "linearizable" }), "too-large");
});

test("key and value together reach the limit, one more byte does not", (t) => {
  t.is(code(request(put("k", "v".repeat(REQUEST_BYTES_MAX - 1)))), undefined);
  t.is(code(request(put("k", "v".repeat(REQUEST_BYTES_MAX)))), "too-large");
});

test("the clock is set by members, not by clients", (t) => {
  t.is(code(request({ kind: "clock", timeMs: 1 })), "invalid");
});

test("a scan may start just after the longest key", (t) => {
  const scan = {
    kind: "scan",
    requestId: 1,
    to: "",
    prefix: "",
    limit: 0,
    keysOnly: false,
    consistency: "linearizable",
  } as const;
  t.is(code({ ...scan, from: `${"k".repeat(4096)}\0` }), undefined);
  t.is(code({ ...scan, from: "k".repeat(4098) }), "too-large");
});
