import test from "ava";
import { AssertionError } from "../../src/base/assert.js";
import { Recorder } from "../../src/lin/recorder.js";

/** A clock that is set by hand. */
function stoppedClock(): { now: number } {
  return { now: 100 };
}

test("what has an answer has an interval, in order of the calls", (t) => {
  const clock = stoppedClock();
  const recorder = new Recorder(() => clock.now);
  const put = recorder.start(1, { op: "put", key: "k", value: "v" });
  clock.now = 110;
  const get = recorder.start(2, { op: "get", key: "k" });
  clock.now = 120;
  get.done("v");
  clock.now = 130;
  put.done();
  t.deepEqual(recorder.history(), [
    { client: 1, op: "put", key: "k", value: "v", start: 100, end: 130 },
    { client: 2, op: "get", key: "k", output: "v", start: 110, end: 120 },
  ]);
});

test("what has no answer yet, or never will, has an unknown outcome; what was not done is no part of the history", (t) => {
  const clock = stoppedClock();
  const recorder = new Recorder(() => clock.now);
  recorder.start(1, { op: "append", key: "k", value: "under way" });
  recorder.start(2, { op: "append", key: "k", value: "unknown" }).unknown();
  recorder.start(3, { op: "append", key: "k", value: "refused" }).notDone();
  recorder.start(4, { op: "delete", key: "k" }).done("absent");
  const ends = recorder.history().map(({ client, end }) => [client, end !== null]);
  t.deepEqual(ends, [
    [1, false],
    [2, false],
    [4, true],
  ]);
});

test("a clock that stands still does not make operations concurrent that are not", (t) => {
  const clock = stoppedClock();
  const recorder = new Recorder(() => clock.now);
  recorder.start(1, { op: "put", key: "k", value: "v" }).done();
  recorder.start(1, { op: "get", key: "k" }).done("v");
  const [put, get] = recorder.history();
  t.true(put !== undefined && get !== undefined && put.end !== null && put.end < get.start);
});

test("parts of a unit do not change the order, and times are whole", (t) => {
  const clock = { now: 100.9 };
  const recorder = new Recorder(() => clock.now);
  const token = recorder.start(1, { op: "get", key: "k" });
  clock.now = 100.95;
  token.done(null);
  t.like(recorder.history(), [{ start: 100, end: 101 }]);
});

test("an operation ends once", (t) => {
  const recorder = new Recorder(() => 0);
  const token = recorder.start(1, { op: "get", key: "k" });
  token.unknown();
  t.throws(() => token.done("v"), { instanceOf: AssertionError });
});

test("a delete cannot be told a value, nor a clock go past exact numbers", (t) => {
  const recorder = new Recorder(() => 0);
  const token = recorder.start(1, { op: "delete", key: "k" });
  t.throws(() => token.done("v"), { instanceOf: AssertionError });
  const late = new Recorder(() => 2 ** 53);
  t.throws(() => late.start(1, { op: "get", key: "k" }), { instanceOf: AssertionError });
});
