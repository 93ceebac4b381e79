import test from "ava";
import fc from "fast-check";
import { seededRandom } from "../../src/base/random.js";
import { afterAppend, afterPut, type KeptPair } from "../../src/kv/key-metadata.js";
import { PAIR_OVERHEAD_BYTES, type ScanRange, Store, type StoreView } from "../../src/kv/store.js";
import { byteMemory } from "../../src/wire/bytes.js";
import { CHANGE } from "./changes.js";

const ALL: ScanRange = { from: "", to: "", prefix: "", limit: 0, keysOnly: false };
const PLENTY = 1e9;

function filled(keys: Iterable<string>): Store {
  const store = new Store(byteMemory);
  for (const key of keys) store.put(key, `value of ${key}`, CHANGE);
  return store;
}

const TERM_ENTRIES = 50;

function termOf(index: number): number {
  return 1 + Math.floor(index / TERM_ENTRIES);
}

function sorted(twin: Map<string, KeptPair>): KeptPair[] {
  return [...twin.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

test("PITFALLS 51: names of properties, NUL, bytes that are no UTF-8 and even no byte at all are ordinary keys", (t) => {
  const keys = [
    "",
    "\0",
    "\0\0",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "toString",
    "\x80",
    "\xff\xfe",
  ];
  const store = filled(keys);
  for (const key of keys) t.is(store.get(key), `value of ${key}`);
  t.deepEqual(
    [...store.pairs()].map(({ key }) => key),
    keys,
  );
  t.is(store.get("valueOf"), undefined);
  for (const key of keys) t.true(store.delete(key));
  t.is(store.keyCount, 0);
});

test("keys are in byte order: 0x7f comes before 0x80 and a prefix before what it starts", (t) => {
  const store = filled(["b", "a\xff", "\x80", "a", "\x7f", "ab", "a\0"]);
  t.deepEqual(
    [...store.pairs()].map(({ key }) => key),
    ["a", "a\0", "ab", "a\xff", "b", "\x7f", "\x80"],
  );
});

test("a scan ends before `to`, starts at `from`, and stays within the prefix", (t) => {
  const store = filled(["a", "b", "b1", "b2", "c"]);
  const keys = (range: Partial<ScanRange>) =>
    store.scan({ ...ALL, ...range }, PLENTY).pairs.map(({ key }) => key);
  t.deepEqual(keys({}), ["a", "b", "b1", "b2", "c"]);
  t.deepEqual(keys({ from: "b", to: "c" }), ["b", "b1", "b2"]);
  t.deepEqual(keys({ prefix: "b" }), ["b", "b1", "b2"]);
  t.deepEqual(keys({ prefix: "b", from: "b1", to: "b2" }), ["b1"]);
  t.deepEqual(keys({ from: "c", to: "a" }), []);
  t.deepEqual(keys({ from: "d" }), []);
});

test("a prefix of 0xff bytes has no key after it: the scan goes on to the last key", (t) => {
  const store = filled(["\xfe", "\xff", "\xff\xff", "\xff\xff\x01"]);
  const { pairs } = store.scan({ ...ALL, prefix: "\xff\xff" }, PLENTY);
  t.deepEqual(
    pairs.map(({ key }) => key),
    ["\xff\xff", "\xff\xff\x01"],
  );
});

test("a page holds what fits and names the key to go on from; one pair always fits", (t) => {
  const store = new Store(byteMemory);
  for (const key of ["a", "b", "c"]) store.put(key, "x".repeat(99), CHANGE);
  const twoPairs = 2 * (100 + PAIR_OVERHEAD_BYTES);
  t.is(store.scan(ALL, twoPairs).nextKey, "c");
  t.is(store.scan(ALL, twoPairs).pairs.length, 2);
  t.is(store.scan(ALL, twoPairs - 1).nextKey, "b");
  t.is(store.scan(ALL, 0).pairs.length, 1);
  t.is(store.scan({ ...ALL, from: "c" }, 0).nextKey, "");
});

test("keys alone: values are left out and do not fill the page", (t) => {
  const store = new Store(byteMemory);
  for (const key of ["a", "b", "c"]) store.put(key, "x".repeat(1000), CHANGE);
  const page = store.scan({ ...ALL, keysOnly: true }, 200);
  t.deepEqual(page, { pairs: ["a", "b", "c"].map((key) => ({ key, value: "" })), nextKey: "" });
});

test("an append past the limit changes nothing; up to the limit it is done", (t) => {
  const store = new Store(byteMemory);
  t.true(store.append("k", "12345", 10, CHANGE));
  t.true(store.append("k", "67890", 10, CHANGE));
  t.false(store.append("k", "x", 10, CHANGE));
  t.false(store.append("other", "12345678901", 10, CHANGE));
  t.is(store.get("k"), "1234567890");
  t.is(store.keyCount, 1);
});

/** Around the longest value that lies in a slab, and the lengths at which a larger slot is needed. */
const LENGTHS = [0, 1, 13, 14, 15, 100, 255, 1021, 1022, 1023, 3000, 4096, 65_533, 65_534, 65_535];

test("views of a tree of many nodes and values of all lengths stay as they were, also while one of them is walked", (t) => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed);
      const store = new Store(byteMemory);
      const twin = new Map<string, KeptPair>();
      let index = 0;
      const write = () => {
        index += 1 + random.below(3);
        const seconds = Math.floor(index / 10);
        const change = { index, term: termOf(index), seconds, clientId: "client-a", sequence: index + 7 };
        const key = `key ${random.below(500)}`;
        const value = String(random.uint32()).padEnd(LENGTHS[random.below(LENGTHS.length)] ?? 0, "x");
        const old = twin.get(key);
        switch (random.below(4)) {
          case 0:
            t.is(store.delete(key), twin.delete(key));
            return;
          case 1: {
            const whole = (old?.value ?? "") + value;
            t.is(store.append(key, value, 5000, change), whole.length <= 5000);
            const metadata = afterAppend(old?.metadata ?? null, change);
            if (whole.length <= 5000) twin.set(key, { key, value: whole, metadata });
            return;
          }
          default:
            store.put(key, value, change);
            twin.set(key, { key, value, metadata: afterPut(old?.metadata ?? null, change) });
        }
      };
      const views: { view: StoreView; was: KeptPair[] }[] = [];
      for (let at = 0; at < 3000; at++) {
        write();
        if (at % 300 === 70) views.push({ view: store.view(), was: sorted(twin) });
        if (at % 700 === 600) views.splice(random.below(views.length), 1)[0]?.view.release();
      }
      for (const { view, was } of views) {
        const walked: KeptPair[] = [];
        for (const pair of view.pairs()) {
          walked.push(pair);
          write();
        }
        t.deepEqual(walked, was);
        t.is(view.keyCount, was.length);
        for (const { key, metadata } of was) {
          const { created, changed } = view.explain(key) ?? {};
          t.is(created?.term, termOf(metadata.createdIndex));
          t.is(changed?.term, termOf(metadata.changedIndex));
        }
        view.release();
        write();
      }
      t.is(store.keyCount, twin.size);
      t.deepEqual([...store.pairs()], sorted(twin));
      for (const [key, { value }] of twin) {
        t.is(store.get(key), value);
        t.is(store.explain(key)?.sizeBytes, value.length);
      }
    }),
    { numRuns: 20 },
  );
});
