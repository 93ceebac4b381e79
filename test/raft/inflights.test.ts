import test from "ava";
import fc from "fast-check";
import { Inflights } from "../../src/raft/inflights.js";

test("PITFALLS 55: equals a plain list, bounded in messages and bytes", (t) => {
  const steps = fc.array(fc.oneof(fc.record({ bytes: fc.nat(40) }), fc.record({ freeTo: fc.nat(60) })), {
    maxLength: 80,
  });
  fc.assert(
    fc.property(steps, (sequence) => {
      const inflights = new Inflights({ inflightMessagesMax: 4, inflightBytesMax: 100 });
      let list: { lastIndex: number; bytes: number }[] = [];
      let lastIndex = 0;
      for (const step of sequence) {
        if ("freeTo" in step) {
          inflights.freeTo(step.freeTo);
          list = list.filter((message) => message.lastIndex > step.freeTo);
        } else if (!inflights.full) {
          const message = { lastIndex: ++lastIndex, bytes: step.bytes };
          inflights.add(message);
          list.push(message);
        }
        const bytes = list.reduce((sum, message) => sum + message.bytes, 0);
        if (inflights.count !== list.length || inflights.bytes !== bytes) return false;
        if (inflights.full !== (list.length === 4 || bytes >= 100)) return false;
      }
      inflights.clear();
      return inflights.count === 0 && inflights.bytes === 0 && !inflights.full;
    }),
  );
  t.pass();
});

test("a message larger than the bound passes when the window is empty, and fills it", (t) => {
  const inflights = new Inflights({ inflightMessagesMax: 4, inflightBytesMax: 100 });
  t.false(inflights.full);
  inflights.add({ lastIndex: 1, bytes: 1000 });
  t.true(inflights.full);
  t.throws(() => inflights.add({ lastIndex: 2, bytes: 1 }), { name: "AssertionError" });
  inflights.freeTo(1);
  t.false(inflights.full);
});
