import test from "ava";
import { encodeClientReply } from "../../src/wire/client-codec.js";
import { encodeCommand } from "../../src/wire/command-codec.js";
import { encodeLogRecord } from "../../src/wire/disk-codec.js";
import { encodePeerMessage } from "../../src/wire/peer-codec.js";

// Protobufjs writes 0 for what is not a number and rounds what is too large.
for (const number of [Number.NaN, -1, 1.5, 2 ** 53, Number.POSITIVE_INFINITY]) {
  test(`encoding ${number} as an index or term is a bug, not a message`, (t) => {
    const bug = { name: "AssertionError" };
    const ends = { from: "n1", to: "n2" };
    t.throws(() => encodePeerMessage({ type: "timeoutNow", ...ends, term: number }), bug);
    t.throws(() => encodeCommand({ kind: "clock", timeMs: number }), bug);
    t.throws(() => encodeClientReply({ kind: "get", requestId: 1, value: null, index: number }), bug);
    const entry = { kind: "noop", index: number, term: 1 } as const;
    t.throws(() => encodeLogRecord({ hardState: null, snapshot: null, entries: [entry] }), bug);
  });
}
