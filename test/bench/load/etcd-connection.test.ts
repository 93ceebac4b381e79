/** The thin client of etcd against another implementation of HTTP/2, Node's own, that answers like etcd and unlike it. */
import { createServer, type ServerHttp2Stream } from "node:http2";
import test, { type ExecutionContext } from "ava";
import { valuePool } from "./data.js";
import { EtcdConnection } from "./etcd-connection.js";
import { OneAtATime } from "./one-at-a-time.js";

const VALUE_BYTES = 300;
const POOL = valuePool(VALUE_BYTES);
const OK = { "grpc-status": "0", "grpc-message": "" };
const HEAD = { ":status": 200, "content-type": "application/grpc" };

type Answer = (stream: ServerHttp2Stream, path: string, request: Buffer) => void;

async function served(
  t: ExecutionContext,
  answer: Answer,
  { pool, valueBytes } = { pool: POOL, valueBytes: VALUE_BYTES },
): Promise<OneAtATime> {
  const server = createServer();
  server.on("stream", (stream, headers) => {
    const pieces: Buffer[] = [];
    stream.on("error", () => {}); // It may be reset.
    stream.on("data", (piece: Buffer) => pieces.push(piece));
    stream.on("end", () => answer(stream, String(headers[":path"]), Buffer.concat(pieces)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => server.close());
  const bound = server.address();
  const address = `127.0.0.1:${typeof bound === "object" ? bound?.port : 0}`;
  const client = await OneAtATime.open(EtcdConnection.open, { address, pool, valueBytes });
  t.teardown(() => client.close());
  return client;
}

function reply(
  stream: ServerHttp2Stream,
  message: Uint8Array | null,
  trailers: Record<string, string>,
): void {
  stream.respond(HEAD, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  if (message === null) stream.end();
  else stream.end(Buffer.concat([prefix(message.length), message]));
}

function prefix(length: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

/** RangeResponse { kvs { key: "k", mod_revision: 7, value } }. */
function rangeResponse(value: Uint8Array): Buffer {
  const length = Buffer.of((value.length & 127) | 128, value.length >> 7);
  const pair = Buffer.concat([Buffer.of(0x0a, 1, 107, 0x18, 7, 0x2a), length, value]);
  return Buffer.concat([Buffer.of(0x12, (pair.length & 127) | 128, pair.length >> 7), pair]);
}

test("puts and gets, one after the other on one connection", async (t) => {
  const values = new Map<string, Buffer>();
  const paths: string[] = [];
  const client = await served(t, (stream, path, request) => {
    paths.push(path);
    const key = request.subarray(7, 23).toString();
    if (path.endsWith("/Put")) {
      values.set(key, request.subarray(26));
      reply(stream, Buffer.alloc(0), OK);
    } else reply(stream, rangeResponse(values.get(key) ?? Buffer.alloc(0)), OK);
  });
  for (let key = 0; key < 5; key++) {
    await client.put({ key, valueStart: 10 * key });
    t.deepEqual(
      Buffer.from(await client.get(key)),
      Buffer.from(POOL.subarray(10 * key, 10 * key + VALUE_BYTES)),
    );
  }
  t.deepEqual([...new Set(paths)], ["/etcdserverpb.KV/Put", "/etcdserverpb.KV/Range"]);
});

test("a value that comes in many frames is put together", async (t) => {
  const value = Buffer.alloc(10_000, "v");
  const client = await served(t, (stream) => {
    stream.respond(HEAD, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers(OK));
    const message = rangeResponse(value);
    stream.write(prefix(message.length));
    for (let at = 0; at < message.length; at += 777) stream.write(message.subarray(at, at + 777));
    stream.end();
  });
  t.deepEqual(Buffer.from(await client.get(1)), value);
});

for (const valueBytes of [16_350, 16_384, 65_536, 300_000]) {
  test(`a value of ${valueBytes} bytes leaves as the server takes it, again and again`, async (t) => {
    const pool = valuePool(valueBytes);
    const values: Buffer[] = [];
    const client = await served(
      t,
      (stream, _path, request) => {
        values.push(request.subarray(request.length - valueBytes));
        t.is(request.readUInt32BE(1), request.length - 5);
        reply(stream, Buffer.alloc(0), OK);
      },
      { pool, valueBytes },
    );
    for (const valueStart of [0, 7, 11]) {
      await client.put({ key: 1, valueStart });
      const sent = pool.subarray(valueStart, valueStart + valueBytes);
      t.is(Buffer.compare(values.at(-1) ?? Buffer.alloc(0), sent), 0);
    }
  });
}

const FAILURES: Readonly<Record<string, { readonly answer: Answer; readonly says: RegExp }>> = {
  "trailers alone": {
    answer: (stream) =>
      stream.respond(
        { ...HEAD, "grpc-status": "3", "grpc-message": "etcdserver: key is not provided" },
        { endStream: true },
      ),
    says: /^grpc-status 3: etcdserver: key is not provided$/,
  },
  "a status behind a message": {
    answer: (stream) =>
      reply(stream, Buffer.alloc(0), { "grpc-status": "14", "grpc-message": "leader changed" }),
    says: /^grpc-status 14: leader changed$/,
  },
  "success without a message": { answer: (stream) => reply(stream, null, OK), says: /has no message/ },
  "no status": {
    answer: (stream) => reply(stream, Buffer.alloc(0), {}),
    says: /^grpc-status : |has no trailers/,
  },
  "an error of HTTP": {
    answer: (stream) => stream.respond({ ":status": 404 }, { endStream: true }),
    says: /^grpc-status : /,
  },
  "half a message": {
    answer: (stream) => {
      stream.respond(HEAD, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers(OK));
      stream.end(prefix(100));
    },
    says: /has no message/,
  },
  "a reset": { answer: (stream) => stream.close(8), says: /was reset, code 8/ },
  "the end of the connection": {
    answer: (stream) => stream.session?.destroy(undefined, 2),
    says: /ends the connection|was closed/,
  },
};

for (const [name, { answer, says }] of Object.entries(FAILURES)) {
  test(`no success: ${name}`, async (t) => {
    const client = await served(t, answer);
    await t.throwsAsync(client.put({ key: 1, valueStart: 0 }), { message: says });
  });
}

test("all printable characters of a status survive Huffman's code", async (t) => {
  const characters = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).filter(
    (c) => c !== "\\",
  );
  const message = `x${characters.join("")}x`;
  const client = await served(t, (stream) =>
    stream.respond({ ...HEAD, "grpc-status": "2", "grpc-message": message }, { endStream: true }),
  );
  const error = await t.throwsAsync(client.put({ key: 1, valueStart: 0 }));
  t.is(error?.message, `grpc-status 2: ${message}`);
});
