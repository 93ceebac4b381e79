import test from "ava";
import { HeaderDecoder, HeaderEncoder } from "./hpack.js";
import { decodeHuffman } from "./huffman.js";

function decoded(decoder: HeaderDecoder, hex: string): string[] {
  const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
  const fields: string[] = [];
  decoder.decode(bytes, 0, bytes.length, (name, value) => fields.push(`${name}: ${value}`));
  return fields;
}

test("RFC 7541 C.4: requests with Huffman coding, on one connection", (t) => {
  const decoder = new HeaderDecoder();
  const first = [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"];
  t.deepEqual(decoded(decoder, "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff"), first);
  t.deepEqual(decoded(decoder, "8286 84be 5886 a8eb 1064 9cbf"), [...first, "cache-control: no-cache"]);
  t.deepEqual(decoded(decoder, "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"), [
    ":method: GET",
    ":scheme: https",
    ":path: /index.html",
    ":authority: www.example.com",
    "custom-key: custom-value",
  ]);
});

test("RFC 7541 C.3.1, C.2.2, C.2.3: texts as they are, fields that are not kept", (t) => {
  const decoder = new HeaderDecoder();
  t.deepEqual(decoded(decoder, "040c 2f73 616d 706c 652f 7061 7468"), [":path: /sample/path"]);
  t.deepEqual(decoded(decoder, "1008 7061 7373 776f 7264 0673 6563 7265 74"), ["password: secret"]);
  t.throws(() => decoded(decoder, "be"), { message: /no entry 62/ });
});

test("the table forgets its oldest when its size is cut, and grows no larger than that", (t) => {
  const decoder = new HeaderDecoder();
  // x: 1 and y: 2 (34 bytes each), then a table of 40 bytes.
  t.deepEqual(decoded(decoder, "4001 7801 31 4001 7901 32"), ["x: 1", "y: 2"]);
  t.deepEqual(decoded(decoder, "be bf"), ["y: 2", "x: 1"]);
  t.deepEqual(decoded(decoder, "3f09 be"), ["y: 2"]);
  t.throws(() => decoded(decoder, "bf"), { message: /no entry 63/ });
});

test("what is cut off, or not of ASCII, is refused", (t) => {
  for (const hex of ["40", "4001", "400178", "7f", "7fffffffffff", "0082ff", "0081ff", "008407fffff0"]) {
    t.throws(() => decoded(new HeaderDecoder(), hex), { message: /^HPACK/ }, hex);
  }
});

test("Huffman's padding is less than a byte, of ones", (t) => {
  t.is(decodeHuffman(Uint8Array.of(0b00011_111), 0, 1), "a");
  t.throws(() => decodeHuffman(Uint8Array.of(0b00011_110), 0, 1), { message: /cut off/ });
  t.throws(() => decodeHuffman(Uint8Array.of(0b00011_111, 0xff), 0, 2), { message: /cut off/ });
});

test("a request is written in full once, and by places from then on", (t) => {
  const encoder = new HeaderEncoder();
  const decoder = new HeaderDecoder();
  const put = [
    [":method", "POST"],
    [":path", "/put"],
    ["te", "trailers"],
  ] as const;
  const get = [
    [":method", "POST"],
    [":path", "/get"],
    ["te", "trailers"],
  ] as const;
  for (const [request, bytes] of [
    [put, 26],
    [put, 3],
    [get, 14],
    [put, 3],
    [get, 3],
  ] as const) {
    const block = encoder.encode(request);
    t.is(block.length, bytes);
    const expected = request.map(([name, value]) => `${name}: ${value}`);
    t.deepEqual(decoded(decoder, Buffer.from(block).toString("hex")), expected);
  }
});
