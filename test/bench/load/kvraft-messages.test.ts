import test from "ava";
import fc from "fast-check";
import { decodeClientRequest } from "../../../src/wire/client-codec.js";
import { FRAME_HEADER_BYTES, FrameParser } from "../../../src/wire/frame.js";
import { KEY_EMPTY } from "./connection.js";
import { keyText, valuePool } from "./data.js";
import { REQUEST_OVERHEAD_BYTES, writeGet, writePut } from "./kvraft-messages.js";

const clientId = Uint8Array.of(0, 255, 2, 3, 128, 5, 6, 7);

test("a put that was written by hand is what the product's codec reads", (t) => {
  const numbers = fc.record({
    requestId: fc.integer({ min: 1, max: 2 ** 40 }),
    session: fc.integer({ min: 1, max: 2 ** 40 }),
    sequence: fc.integer({ min: 1, max: 2 ** 40 }),
    key: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    valueBytes: fc.integer({ min: 1, max: 20_000 }),
  });
  const pool = valuePool(20_000);
  fc.assert(
    fc.property(numbers, ({ requestId, session, sequence, key, valueBytes }) => {
      const target = new Uint8Array(REQUEST_OVERHEAD_BYTES + valueBytes + 3);
      const put = { key, valueStart: 5 };
      const end = writePut(target, 3, {
        requestId,
        session: { clientId, session, sequence },
        put,
        pool,
        valueBytes,
      });
      const request = decodeClientRequest(theFrame(target.subarray(3, end)));
      if (request.kind !== "command") throw new Error("no command");
      t.deepEqual(request.command, {
        kind: "session",
        clientId: Buffer.from(clientId).toString("latin1"),
        session,
        sequence,
        acknowledgedBelow: sequence,
        operation: {
          kind: "put",
          key: keyText(key),
          value: Buffer.from(pool.subarray(5, 5 + valueBytes)).toString("latin1"),
        },
      });
      t.is(request.requestId, requestId);
    }),
    { numRuns: 50 },
  );
});

test("so is a get, and a put without a key", (t) => {
  const target = new Uint8Array(REQUEST_OVERHEAD_BYTES + 8);
  const end = writeGet(target, 0, { requestId: 777, key: 42 });
  t.deepEqual(decodeClientRequest(theFrame(target.subarray(0, end))), {
    kind: "get",
    consistency: "linearizable",
    requestId: 777,
    key: "key0000000000042",
  });
  const session = { clientId, session: 1, sequence: 1 };
  const put = { key: KEY_EMPTY, valueStart: 0 };
  const putEnd = writePut(target, 0, { requestId: 1, session, put, pool: valuePool(8), valueBytes: 8 });
  const request = decodeClientRequest(theFrame(target.subarray(0, putEnd)));
  t.is(request.kind === "command" && request.command.kind === "session" && request.command.operation.key, "");
});

function theFrame(bytes: Uint8Array): Uint8Array {
  const bodies: Uint8Array[] = [];
  new FrameParser(bytes.length).push(bytes, (body) => bodies.push(body));
  const [body, ...more] = bodies;
  if (body === undefined || more.length > 0 || body.length !== bytes.length - FRAME_HEADER_BYTES) {
    throw new Error("not one frame");
  }
  return body;
}
