import test from "ava";
import fc from "fast-check";
import { decodeClientRequest, encodeClientRequest } from "../../src/wire/client-codec.js";
import { encodeCommand } from "../../src/wire/command-codec.js";
import { decodePeerMessage, encodePeerMessage } from "../../src/wire/peer-codec.js";
import { Retainer } from "../../src/wire/retainer.js";
import { clientRequest, ends, peerMessage } from "./arbitraries.js";
import { bodyOf, comparable } from "./codecs.js";

test("what is kept stays as it was, whatever happens to the original or is kept later", (t) => {
  const sizes = fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 20 });
  fc.assert(
    fc.property(sizes, (lengths) => {
      const retainer = new Retainer();
      const kept = lengths.map((length, at) => {
        const bytes = Buffer.alloc(length, at);
        const copy = retainer.keep(bytes);
        bytes.fill(0xff);
        return copy;
      });
      kept.forEach((copy, at) => {
        t.true(Buffer.alloc(lengths[at] as number, at).equals(copy));
      });
    }),
    { numRuns: 50 },
  );
});

test("small pieces share memory with each other, not with Node's pool; large ones have their own", (t) => {
  const retainer = new Retainer();
  const [first, second] = [retainer.keep(Buffer.alloc(100)), retainer.keep(Buffer.alloc(100))];
  t.is(first.buffer, second.buffer);
  t.not(first.buffer, Buffer.from("in the pool").buffer);
  t.is(retainer.keep(Buffer.alloc(100_000)).buffer.byteLength, 100_000);
});

test("decoded requests and messages hold nothing of the receive buffer", (t) => {
  fc.assert(
    fc.property(clientRequest, peerMessage, (request, message) => {
      const requestBody = bodyOf(encodeClientRequest(request));
      const messageBody = bodyOf(encodePeerMessage(message));
      const decodedRequest = decodeClientRequest(requestBody);
      const decodedMessage = decodePeerMessage(messageBody, ends);
      requestBody.fill(0xee);
      messageBody.fill(0xee);
      t.deepEqual(comparable(decodedRequest), comparable(request));
      t.deepEqual(comparable(decodedMessage), comparable(message));
    }),
    { numRuns: 200 },
  );
});

test("an encoded command is fit to be kept: it lies in a slab of commands", (t) => {
  const one = encodeCommand({ kind: "clock", timeMs: 1 });
  const two = encodeCommand({ kind: "clock", timeMs: 2 });
  t.is(one.buffer, two.buffer);
  t.not(one.buffer, Buffer.from("in the pool").buffer);
});
