import test from "ava";
import { Http2Connection } from "./http2.js";
import { Outbox } from "./outbox.js";
import { NOBODY, StreamTable } from "./stream-table.js";

/** SETTINGS; then on stream 1 HEADERS (:status 200), DATA "abc", and HEADERS that end it: grpc-status: 0. */
const SETTINGS = "000000 04 00 00000000";
const HEADERS = "000001 01 04 00000001 88";
const DATA = "000003 00 00 00000001 616263";
const TRAILERS = "00000f 01 05 00000001 40 0b 677270632d737461747573 01 30";

function connected(workers = 1) {
  const out = new Outbox();
  const events: string[] = [];
  const http = new Http2Connection(out, workers, {
    onBody: (worker, bytes, start, end) =>
      events.push(`${worker} body ${Buffer.from(bytes.subarray(start, end)).toString()}`),
    onEnd: (worker, status, message) => events.push(`${worker} end ${status} ${message}`),
    onReset: (worker, reason) => events.push(`${worker} reset ${reason}`),
    onWindow: () => events.push("window"),
  });
  out.take();
  const ask = (worker: number): void => {
    http.begin(worker, Uint8Array.of(0x83), 2);
    out.append(Uint8Array.of(1, 2));
  };
  return { http, out, events, ask, sent: () => Buffer.from(out.take() ?? []).toString("hex") };
}

function bytesOf(...frames: readonly string[]): Buffer {
  return Buffer.from(frames.join("").replaceAll(" ", ""), "hex");
}

test("a connection begins with the preface, the settings and a large window", (t) => {
  const out = new Outbox();
  const handlers = { onBody: () => {}, onEnd: () => {}, onReset: () => {}, onWindow: () => {} };
  new Http2Connection(out, 1, handlers);
  const settings = "00000c040000000000" + "000200000000" + "00047fffffff";
  const expected = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").toString("hex") + settings;
  t.is(Buffer.from(out.take() ?? []).toString("hex"), `${expected}00000408000000000040000000`);
});

test("a request is HEADERS and one DATA that ends the stream, on odd numbers that grow", (t) => {
  const { ask, sent } = connected(2);
  ask(0);
  t.is(sent(), "000001010400000001" + "83" + "000002000100000001" + "0102");
  ask(1);
  t.is(sent(), "000001010400000003" + "83" + "000002000100000003" + "0102");
});

test("a reply is whole at its trailers, wherever TCP cuts it", (t) => {
  const bytes = bytesOf(SETTINGS, HEADERS, DATA, TRAILERS);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const { http, events, ask } = connected();
    ask(0);
    http.receive(bytes.subarray(0, cut));
    if (cut < bytes.length) t.false(events.includes("0 end 0 "), `cut at ${cut}`);
    http.receive(bytes.subarray(cut));
    t.deepEqual(events, ["0 body abc", "0 end 0 "], `cut at ${cut}`);
  }
});

test("settings and pings are acknowledged, acknowledgements are not", (t) => {
  const { http, sent } = connected();
  http.receive(bytesOf(SETTINGS, "000000 04 01 00000000"));
  t.is(sent(), "000000040100000000");
  http.receive(bytesOf("000008 06 00 00000000 0102030405060708", "000008 06 01 00000000 0102030405060708"));
  t.is(sent(), "000008060100000000" + "0102030405060708");
});

test("a stream that ends without trailers, or is reset, has failed", (t) => {
  const { http, events, ask } = connected();
  ask(0);
  http.receive(bytesOf(HEADERS, "000003 00 01 00000001 616263"));
  t.deepEqual(events, ["0 body abc", "0 reset the reply has no trailers"]);
  ask(0);
  http.receive(bytesOf("000004 03 00 00000003 00000007"));
  t.is(events.at(-1), "0 reset the stream was reset, code 7");
});

test("frames of streams that are closed tell nobody anything", (t) => {
  const { http, events, ask } = connected();
  ask(0);
  http.receive(bytesOf(HEADERS, DATA, TRAILERS));
  ask(0);
  http.receive(bytesOf(DATA, "000001 01 05 00000001 be"));
  t.deepEqual(events, ["0 body abc", "0 end 0 "]);
  http.receive(bytesOf("000001 01 05 00000003 be"));
  t.is(events.at(-1), "0 end 0 ");
});

test("the connection's window shuts when it is used up, and opens again", (t) => {
  const { http, events, ask } = connected();
  t.true(http.takes(65_535));
  ask(0);
  t.true(http.takes(65_533));
  t.false(http.takes(65_534));
  http.receive(bytesOf("000004 08 00 00000000 00000001"));
  t.true(http.takes(65_534));
  t.deepEqual(events, ["window"]);
});

test("a long body leaves as far as the stream's window, the connection's and the frame allow", (t) => {
  const { http, out, events, sent } = connected(2);
  http.receive(bytesOf("000006 04 00 00000000 0004 00000003"));
  t.is(sent(), "000000040100000000");
  t.true(http.isShort(3));
  t.false(http.isShort(4));
  http.beginLong(0, Uint8Array.of(0x83), Uint8Array.of(1, 2, 3, 4, 5, 6));
  t.is(sent(), "000001010400000001" + "83" + "000003000000000001" + "010203");
  http.receive(bytesOf("000004 08 00 00000001 00000001"));
  t.is(sent(), "000001000000000001" + "04");
  // The window that streams begin with grows by one, and with it that of this stream.
  http.receive(bytesOf("000006 04 00 00000000 0004 00000004"));
  t.true(sent().startsWith("000001000000000001" + "05"));
  http.receive(bytesOf("000004 08 00 00000001 00000009"));
  t.is(sent(), "000001000100000001" + "06");
  http.receive(bytesOf(HEADERS, DATA, TRAILERS));
  t.deepEqual(events, ["0 body abc", "0 end 0 "]);
  t.is(out.take(), null);
});

test("a long body is not sent on when its stream has ended", (t) => {
  const { http, events, sent } = connected();
  http.receive(bytesOf("000006 04 00 00000000 0004 00000003"));
  http.beginLong(0, Uint8Array.of(0x83), Uint8Array.of(1, 2, 3, 4));
  sent();
  http.receive(bytesOf("000004 03 00 00000001 00000007", "000004 08 00 00000001 00000009"));
  t.is(sent(), "");
  t.deepEqual(events, ["0 reset the stream was reset, code 7"]);
});

test("what it does not understand ends the connection", (t) => {
  const frames = {
    "too large": "004001 00 00 00000001",
    "a type that is not known": "000000 0a 00 00000000",
    "continued headers": "000001 01 01 00000001 88",
    "padded headers": "000001 01 0d 00000001 88",
    "padded data": "000001 00 08 00000001 00",
    GOAWAY: "000008 07 00 00000000 0000000100000000",
    "too few streams": "000006 04 00 00000000 0003 00000000",
  };
  for (const [name, frame] of Object.entries(frames)) {
    const { http, ask } = connected();
    ask(0);
    t.throws(() => http.receive(bytesOf(frame)), { message: /^HTTP\/2: / }, name);
  }
});

test("a stream that is open for very long keeps its worker", (t) => {
  const streams = new StreamTable(2);
  const old = streams.open(0);
  const numbers = new Set([old]);
  for (let at = 0; at < 10_000; at++) {
    const stream = streams.open(1);
    t.false(numbers.has(stream));
    numbers.add(stream);
    t.is(streams.close(stream), 1);
    t.is(streams.close(stream), NOBODY);
  }
  t.is(streams.close(old), 0);
});
