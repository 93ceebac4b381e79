import test from "ava";
import fc from "fast-check";
import { Fifo } from "../../src/clerk/fifo.js";
import { SESSION_WINDOW, Session } from "../../src/clerk/session.js";
import { SESSION_RESULTS_MAX } from "../../src/wire/limits.js";

test("acknowledgedBelow is the oldest unanswered sequence, in whatever order answers come", (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 2000 }), (choices) => {
      const session = new Session("12345678");
      const open: number[] = [];
      for (const choice of choices) {
        const answer = open.length > 0 && (choice % 2 === 1 || !session.hasRoom);
        if (answer) session.answer(open.splice(choice % open.length, 1)[0] ?? 0);
        else open.push(session.take());
        const oldest = Math.min(...open);
        if (open.length > 0) t.is(session.acknowledgedBelow, oldest);
        t.is(session.idle, open.length === 0);
        t.true(open.every((sequence) => sequence - session.acknowledgedBelow < SESSION_WINDOW));
      }
    }),
    { numRuns: 50 },
  );
});

test("the window is well below what the state machine keeps for a session", (t) => {
  t.true(SESSION_WINDOW * 2 <= SESSION_RESULTS_MAX);
});

test("a sequence is answered once", (t) => {
  const session = new Session("12345678");
  session.answer(session.take());
  t.throws(() => session.answer(1), { name: "AssertionError" });
  t.throws(() => session.answer(2), { name: "AssertionError" });
});

test("a queue gives back what it was given, in order, through any mix of pushes and shifts", (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { maxLength: 200 }),
      fc.integer({ min: 1, max: 50 }),
      (steps, many) => {
        const queue = new Fifo<number>();
        const model: number[] = [];
        let next = 0;
        for (const push of steps) {
          for (let count = 0; count < many; count++) {
            if (push) {
              queue.push(next);
              model.push(next++);
            } else if (queue.shift() !== model.shift()) return false;
          }
          if (queue.first !== model[0]) return false;
        }
        return true;
      },
    ),
    { numRuns: 100 },
  );
  t.pass();
});
