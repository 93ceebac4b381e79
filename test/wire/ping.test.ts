import test from "ava";
import { FRAME_HEADER_BYTES } from "../../src/wire/frame.js";
import { decodePing, encodePeerMessage, encodePing } from "../../src/wire/peer-codec.js";

const body = (frame: Uint8Array) => frame.subarray(FRAME_HEADER_BYTES);

for (const type of ["ping", "pong"] as const) {
  test(`a ${type} is read as it was written`, (t) => {
    for (const sentUs of [0, 1, 2 ** 40]) {
      t.deepEqual(decodePing(body(encodePing({ type, sentUs }))), { type, sentUs });
    }
  });
}

test("what Raft says is no ping, and neither is nothing", (t) => {
  const message = { type: "timeoutNow", from: "n1", to: "n2", term: 1 } as const;
  t.is(decodePing(body(encodePeerMessage(message))), null);
  t.is(decodePing(new Uint8Array(0)), null);
});
