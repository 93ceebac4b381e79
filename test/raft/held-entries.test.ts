import test from "ava";
import fc from "fast-check";
import { type Entry, entryBytes } from "../../src/raft/entry.js";
import { HeldEntries } from "../../src/raft/held-entries.js";

/** The plainest thing that does the same: an array, and the term before it. */
class Twin {
  entries: Entry[] = [];
  firstIndex = 4;
  termBefore = 2;

  get lastIndex(): number {
    return this.firstIndex + this.entries.length - 1;
  }

  get bytes(): number {
    return this.entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
  }

  termAt(index: number): number | undefined {
    return index === this.firstIndex - 1 ? this.termBefore : this.entries[index - this.firstIndex]?.term;
  }

  dropBefore(index: number): void {
    this.termBefore = this.termAt(index - 1) ?? 0;
    this.entries.splice(0, index - this.firstIndex);
    this.firstIndex = index;
  }
}

function entryOf(index: number, term: number, length: number): Entry {
  if (length === 7) return { kind: "noop", index, term };
  if (length === 8) return { kind: "configuration", index, term, configuration: { voters: [] } };
  return { kind: "command", index, term, data: new Uint8Array(length).fill(index) };
}

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("append" as const), length: fc.nat(60), isNewTerm: fc.boolean() }),
  },
  fc.record({ do: fc.constantFrom("trim" as const, "drop" as const), place: fc.nat() }),
  fc.record({ do: fc.constant("truncate" as const), place: fc.nat() }),
);

test("entries are the same whether they are packed or not, whatever is appended, truncated, trimmed and dropped", (t) => {
  let packed = 0;
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 120 }),
      fc.constantFrom(0, 100, 640, 6400, Number.POSITIVE_INFINITY),
      (steps, bytesMax) => {
        const held = new HeldEntries({ index: 3, term: 2 });
        const twin = new Twin();
        /** Up to here something was trimmed: what is appended afterwards can be truncated. */
        let settled = 3;
        let copies: { from: number; slice: readonly Entry[]; was: Entry[] }[] = [];
        for (const step of steps) {
          if (step.do === "append") {
            const term = (twin.termAt(twin.lastIndex) ?? 0) + (step.isNewTerm ? 1 : 0);
            const entry = entryOf(twin.lastIndex + 1, term, step.length);
            held.append(entry);
            twin.entries.push(entry);
          } else if (step.do === "truncate") {
            const index = settled + 1 + (step.place % (twin.lastIndex - settled + 1));
            held.truncateFrom(index);
            twin.entries.length = index - twin.firstIndex;
          } else if (step.do === "drop") {
            const index = twin.firstIndex + (step.place % (settled - twin.firstIndex + 2));
            if (index > settled + 1) continue;
            held.dropBefore(index);
            if (index > twin.firstIndex) twin.dropBefore(index);
          } else {
            const lastIndex = settled + (step.place % (twin.lastIndex - settled + 1));
            settled = lastIndex;
            const trim = { lastIndex, bytesMax };
            for (let end = held.excessEnd(trim); end > held.firstIndex; end = held.excessEnd(trim)) {
              t.true(end <= lastIndex + 1 && held.bytes > bytesMax);
              held.dropBefore(end);
              twin.dropBefore(end);
            }
            held.pack(trim);
            if (bytesMax === 0) t.is(held.firstIndex, lastIndex + 1);
            packed++;
          }
          t.deepEqual(
            [held.firstIndex, held.lastIndex, held.bytes],
            [twin.firstIndex, twin.lastIndex, twin.bytes],
          );
          for (let at = twin.firstIndex - 2; at <= twin.lastIndex + 1; at++)
            t.is(held.termAt(at), twin.termAt(at));
          const slice = held.slice({ from: held.firstIndex, to: held.lastIndex + 1 });
          t.deepEqual(slice, twin.entries);
          for (const [at, entry] of twin.entries.entries())
            t.is(held.bytesAt(twin.firstIndex + at), entryBytes(entry));
          const term = twin.entries[twin.entries.length >> 1]?.term ?? 1;
          const first = twin.entries.findIndex((entry) => entry.term >= term);
          t.is(held.firstIndexOfTerm(term), twin.firstIndex + (first === -1 ? twin.entries.length : first));
          copies = [{ from: held.firstIndex, slice, was: [...twin.entries] }, ...copies.slice(0, 3)];
          for (const { slice, was } of copies) t.deepEqual(slice, was);
        }
      },
    ),
    { numRuns: 300 },
  );
  t.true(packed > 100);
});

test("no more is held than is allowed, and almost as much", (t) => {
  const held = new HeldEntries({ index: 0, term: 1 });
  const trim = (lastIndex: number) => {
    for (let end = held.excessEnd({ lastIndex, bytesMax: 64_000 }); end > held.firstIndex; ) {
      held.dropBefore(end);
      end = held.excessEnd({ lastIndex, bytesMax: 64_000 });
    }
    held.pack({ lastIndex, bytesMax: 64_000 });
  };
  for (let index = 1; index <= 20_000; index++) {
    held.append({ kind: "command", index, term: 1, data: new Uint8Array(100).fill(index) });
    trim(index);
    t.true(held.bytes <= 64_000 + 116);
  }
  t.true(held.bytes > 60_000);
});
