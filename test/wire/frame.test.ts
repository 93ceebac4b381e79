import test from "ava";
import fc from "fast-check";
import { WireError } from "../../src/wire/errors.js";
import { FrameParser } from "../../src/wire/frame.js";

function frame(body: Uint8Array): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(body.length);
  return Buffer.concat([header, body]);
}

/** The bodies that come out, copied: they are valid only during the call. */
function collect(parser: FrameParser, chunks: Iterable<Uint8Array>): string[] {
  const bodies: string[] = [];
  for (const chunk of chunks) parser.push(chunk, (body) => bodies.push(Buffer.from(body).toString("hex")));
  return bodies;
}

const hex = (text: string) => Buffer.from(text).toString("hex");

test("frames are found whatever the cuts, byte by byte too", (t) => {
  const bodies = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 8 });
  fc.assert(
    fc.property(bodies, fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 }), (frames, sizes) => {
      const stream = Buffer.concat(frames.map(frame));
      const chunks: Buffer[] = [];
      let at = 0;
      for (const size of sizes) {
        chunks.push(stream.subarray(at, at + size));
        at += size;
      }
      chunks.push(stream.subarray(at));
      const expected = frames.map((body) => Buffer.from(body).toString("hex"));
      const parser = new FrameParser(40);
      t.deepEqual(collect(parser, chunks), expected);
      t.is(parser.bufferedBytes, 0);
      const bytes = [...stream].map((byte) => Uint8Array.of(byte));
      t.deepEqual(collect(new FrameParser(40), bytes), expected);
    }),
    { numRuns: 300 },
  );
});

test("a chunk may be overwritten once push has returned", (t) => {
  const parser = new FrameParser(100);
  const chunk = Buffer.alloc(3);
  const bodies: string[] = [];
  const stream = Buffer.concat([frame(Buffer.from("hello")), frame(Buffer.from("world"))]);
  for (let at = 0; at < stream.length; at += 3) {
    const length = stream.copy(chunk, 0, at, at + 3);
    parser.push(chunk.subarray(0, length), (body) => bodies.push(Buffer.from(body).toString()));
    chunk.fill(0xee);
  }
  t.deepEqual(bodies, ["hello", "world"]);
});

test("a frame that lies whole in one chunk is not copied", (t) => {
  const chunk = Buffer.concat([frame(Buffer.from("hello")), frame(Buffer.from("world"))]);
  new FrameParser(100).push(chunk, (body) => {
    t.is(body.buffer, chunk.buffer);
  });
});

test("bufferedBytes is what has arrived of the frame that is not whole", (t) => {
  const parser = new FrameParser(100);
  const stream = frame(Buffer.from("hello"));
  for (let at = 0; at < stream.length - 1; at++) {
    parser.push(stream.subarray(at, at + 1), () => t.fail());
    t.is(parser.bufferedBytes, at + 1);
  }
  parser.push(stream.subarray(-1), (body) => t.is(Buffer.from(body).toString(), "hello"));
  t.is(parser.bufferedBytes, 0);
});

test("a frame of the largest allowed length passes; one byte more is refused by its length alone", (t) => {
  t.deepEqual(collect(new FrameParser(5), [frame(Buffer.from("hello"))]), [hex("hello")]);
  const error = t.throws(() => collect(new FrameParser(4), [frame(Buffer.from("hello")).subarray(0, 4)]), {
    instanceOf: WireError,
  });
  t.is(error.code, "frame-too-large");
});

test("an empty frame is refused", (t) => {
  const error = t.throws(() => collect(new FrameParser(4), [Buffer.alloc(4)]), { instanceOf: WireError });
  t.is(error.code, "frame-empty");
});

test("PITFALLS 54: a length of 4 GiB is refused as such, not taken for a negative number", (t) => {
  const error = t.throws(() => collect(new FrameParser(2 ** 31), [Buffer.from("ffffffff", "hex")]), {
    instanceOf: WireError,
  });
  t.is(error.code, "frame-too-large");
});

test("PITFALLS 54: a claimed length takes no memory before its bytes arrive", (t) => {
  const claimedBytes = 2 ** 30;
  const header = Buffer.alloc(4);
  header.writeUInt32BE(claimedBytes);
  const before = process.memoryUsage().arrayBuffers;
  const parsers = Array.from({ length: 100 }, () => {
    const parser = new FrameParser(claimedBytes);
    parser.push(header, () => t.fail());
    parser.push(Buffer.alloc(1000), () => t.fail());
    return parser;
  });
  t.is(parsers[0]?.bufferedBytes, 1004);
  t.true(process.memoryUsage().arrayBuffers - before < claimedBytes / 10);
});

test("a new limit set while a frame is handled holds for the next one, in the same chunk", (t) => {
  const chunk = Buffer.concat([
    frame(Buffer.from("hi")),
    frame(Buffer.from("hello")),
    frame(Buffer.from("abc")),
  ]);
  const parser = new FrameParser(2);
  const bodies: string[] = [];
  const push = () =>
    parser.push(chunk, (body) => {
      bodies.push(Buffer.from(body).toString());
      parser.frameBytesMax = body.length === 2 ? 5 : 2;
    });
  t.throws(push, { instanceOf: WireError });
  t.deepEqual(bodies, ["hi", "hello"]);
});

test("a large frame in small pieces is put together without copying what has arrived again and again", (t) => {
  const body = Buffer.alloc(4 * 1024 * 1024, 7);
  const stream = frame(body);
  const parser = new FrameParser(body.length);
  const memories = new Set<ArrayBufferLike>();
  // Each piece is seen by the parser's own memory: count how often that is replaced.
  const allocate = Buffer.allocUnsafeSlow;
  let whole = false;
  try {
    Buffer.allocUnsafeSlow = (bytes) => {
      const memory = allocate(bytes);
      memories.add(memory.buffer);
      return memory;
    };
    for (let at = 0; at < stream.length; at += 1024) {
      parser.push(stream.subarray(at, at + 1024), (arrived) => {
        whole = body.equals(arrived);
      });
    }
  } finally {
    Buffer.allocUnsafeSlow = allocate;
  }
  t.true(whole);
  t.true(memories.size > 1 && memories.size <= 14, `${memories.size}`);
});
