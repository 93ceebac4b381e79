import test from "ava";
import { formatAddress, parseAddress } from "../../src/base/address.js";

test("names, IPv4 and bracketed IPv6 hosts parse, and format back to the same text", (t) => {
  for (const [text, host, port] of [
    ["127.0.0.1:6840", "127.0.0.1", 6840],
    ["localhost:0", "localhost", 0],
    ["db-1.example.org:65535", "db-1.example.org", 65535],
    ["[::1]:6840", "::1", 6840],
    ["[::ffff:10.0.0.1]:1", "::ffff:10.0.0.1", 1],
    ["[fe80::1%eth0]:6841", "fe80::1%eth0", 6841],
  ] as const) {
    t.deepEqual(parseAddress(text), { host, port }, text);
    t.is(formatAddress({ host, port }), text);
  }
});

test("anything else is refused rather than guessed at", (t) => {
  for (const text of [
    "",
    "localhost",
    ":6840",
    "localhost:",
    "::1:6840",
    "[::1]",
    "[]:1",
    "[localhost]:1",
    "a b:1",
    "http://localhost:6840",
    "localhost:65536",
    "localhost:-1",
    "localhost:6840,",
    "localhost:0x10",
  ]) {
    t.is(parseAddress(text), null, text);
  }
});
