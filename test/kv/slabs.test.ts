import test from "ava";
import fc from "fast-check";
import { METADATA_BYTES } from "../../src/kv/key-metadata.js";
import { type ByteMemory, SLOT_VALUE_BYTES_MAX, Slabs, type Slot } from "../../src/kv/slabs.js";
import { byteMemory } from "../../src/wire/bytes.js";
import { keyMetadata, METADATA } from "./changes.js";

/** Tells how much memory was asked for. */
function counted(): { readonly memory: ByteMemory; bytes: number } {
  const counter = {
    memory: {
      ...byteMemory,
      allocate: (bytes: number) => {
        counter.bytes += bytes;
        return byteMemory.allocate(bytes);
      },
    },
    bytes: 0,
  };
  return counter;
}

const length = fc.oneof(fc.nat(1200), fc.nat(SLOT_VALUE_BYTES_MAX));
const value = fc.tuple(fc.nat(9), length).map(([digit, length]) => {
  return String(digit).repeat(length);
});

test("what is kept is read as it was until it is freed, however slots are reused", (t) => {
  const step = fc.record({
    what: fc.constantFrom("keep", "replace", "free"),
    place: fc.nat(),
    kept: fc.record({ value, metadata: keyMetadata }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const slabs = new Slabs(byteMemory);
      const all = new Map<Slot, (typeof steps)[number]["kept"]>();
      for (const { what, place, kept } of steps) {
        const slot = [...all.keys()][place % Math.max(1, all.size)];
        if (what === "keep" || slot === undefined) {
          const added = slabs.keep(kept.value, kept.metadata);
          t.false(all.has(added));
          all.set(added, kept);
        } else {
          all.delete(slot);
          if (what === "free") slabs.free(slot);
          else all.set(slabs.replace(slot, kept.value, kept.metadata), kept);
        }
        for (const [known, { value, metadata }] of all) {
          t.is(slabs.read(known), value);
          t.is(slabs.lengthOf(known), value.length);
          t.deepEqual(slabs.metadataOf(known), metadata);
          t.like(metadata, slabs.pastOf(known));
        }
      }
    }),
    { numRuns: 100 },
  );
});

test("every byte comes back as it went in", (t) => {
  const slabs = new Slabs(byteMemory);
  const all = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join("");
  t.is(slabs.read(slabs.keep(all, METADATA)), all);
  t.is(slabs.read(slabs.keep("", METADATA)), "");
});

test("a value of the same length takes the same slot, whatever is kept of its key", (t) => {
  fc.assert(
    fc.property(value, keyMetadata, keyMetadata, (value, before, after) => {
      const slabs = new Slabs(byteMemory);
      const slot = slabs.keep(value, before);
      t.is(slabs.replace(slot, value, after), slot);
      t.deepEqual(slabs.metadataOf(slot), after);
    }),
  );
});

test("values that take the place of others need no memory beside theirs", (t) => {
  const counter = counted();
  const slabs = new Slabs(counter.memory);
  const slots = Array.from({ length: 10_000 }, (_, at) => slabs.keep(String(at).padEnd(100), METADATA));
  const { bytes } = counter;
  t.true(bytes < 10_000 * 144 + 300_000, `${bytes} bytes`);
  for (let round = 0; round < 3; round++) {
    slots.forEach((slot, at) => {
      slots[at] = slabs.replace(slot, String(at).padEnd(98 + round), METADATA);
    });
  }
  for (const slot of slots.splice(0, 5000)) slabs.free(slot);
  for (let at = 0; at < 5000; at++) slots.push(slabs.keep("y".repeat(100), METADATA));
  t.is(slabs.memoryBytes, bytes);
});

test("a slot is at most an eighth larger than its value needs", (t) => {
  for (const length of [1022, 1023, 1200, 4096, 10_000, 16_384, 32_700, SLOT_VALUE_BYTES_MAX]) {
    const slabs = new Slabs(byteMemory);
    const count = 1000;
    for (let at = 0; at < count; at++) slabs.keep("v".repeat(length), METADATA);
    // A slab has room for four at least, and less than a slot of it stays unused.
    const limit = count * (length + METADATA_BYTES + 18) * (9 / 8) * (5 / 4) + 2 ** 18;
    t.true(slabs.memoryBytes <= limit, `${slabs.memoryBytes / count} bytes each for ${length}`);
  }
});

test("memory of values that are gone serves values of other lengths", (t) => {
  const counter = counted();
  const slabs = new Slabs(counter.memory);
  let slots: Slot[] = [];
  let held = 0;
  for (let length = 10; length < 1000; length += 90) {
    const next = Array.from({ length: 3000 }, () => slabs.keep("x".repeat(length), METADATA));
    for (const slot of slots) slabs.free(slot);
    held = Math.max(held, slabs.memoryBytes);
    slots = next;
  }
  t.true(counter.bytes > 2 * held, "slabs were given back");
  t.true(held < 3000 * 1000 * 2 + 13 * 300_000, `${held} bytes`);
});

test("while somebody has a view, nothing that was kept at its beginning is overwritten; afterwards its place is used", (t) => {
  const counter = counted();
  const slabs = new Slabs(counter.memory);
  const slots = Array.from({ length: 3000 }, (_, at) => slabs.keep(`value ${at}`.padEnd(100), METADATA));
  slabs.beginView();
  slabs.beginView();
  const changed = slots.map((slot, at) =>
    at % 2 === 0 ? slabs.replace(slot, "z".repeat(100), METADATA) : slot,
  );
  slots.forEach((slot, at) => {
    if (at % 2 === 1) slabs.free(slot);
  });
  slabs.endView();
  slots.forEach((slot, at) => {
    t.is(slabs.read(slot), `value ${at}`.padEnd(100));
  });
  slabs.endView();
  const { bytes } = counter;
  for (let at = 0; at < 3000; at++) slabs.keep("n".repeat(100), METADATA);
  t.true(slabs.memoryBytes <= bytes);
  changed.forEach((slot, at) => {
    if (at % 2 === 0) t.is(slabs.read(slot), "z".repeat(100));
  });
  t.throws(() => slabs.endView(), { name: "AssertionError" });
});
