import test from "ava";
import { decodePing, encodePeerMessage } from "../../src/wire/peer-codec.js";
import { bodyOf } from "./codecs.js";

test("what Raft says is no ping, and neither is nothing", (t) => {
  const message = { type: "timeoutNow", from: "n1", to: "n2", term: 1 } as const;
  t.is(decodePing(bodyOf(encodePeerMessage(message))), null);
  t.is(decodePing(new Uint8Array(0)), null);
});
