import test from "ava";
import { decodeClientRequest, encodeClientReply, encodeClientRequest } from "../../src/wire/client-codec.js";
import { encodeCommand } from "../../src/wire/command-codec.js";
import { encodeLogRecord } from "../../src/wire/disk-codec.js";
import { encodePeerMessage } from "../../src/wire/peer-codec.js";
import { bodyOf } from "./codecs.js";

// Protobufjs writes 0 for what is not a number and rounds what is too large.
for (const number of [Number.NaN, -1, 1.5, 2 ** 53, Number.POSITIVE_INFINITY]) {
  test(`encoding ${number} as an index or term is a bug, not a message`, (t) => {
    const bug = { name: "AssertionError" };
    const ends = { from: "n1", to: "n2" };
    t.throws(() => encodePeerMessage({ type: "timeoutNow", ...ends, term: number }), bug);
    t.throws(() => encodeCommand({ kind: "clock", timeMs: number }), bug);
    t.throws(
      () => encodeClientReply({ kind: "get", requestId: 1, value: null, index: number, behindMs: null }),
      bug,
    );
    const entry = { kind: "noop", index: number, term: 1 } as const;
    t.throws(() => encodeLogRecord({ hardState: null, snapshot: null, entries: [entry] }), bug);
  });
}

test("a scan limit of more than 32 bits stays large instead of wrapping round to a small one", (t) => {
  const range = { from: "", to: "", prefix: "", limit: 2 ** 32 + 1, keysOnly: false };
  const frame = encodeClientRequest({ kind: "scan", requestId: 1, consistency: "linearizable", ...range });
  t.like(decodeClientRequest(bodyOf(frame)), { limit: 2 ** 32 - 1 });
});
