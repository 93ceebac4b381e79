import test from "ava";
import type { LoadConnection } from "./connection.js";
import { Dice, valuePool } from "./data.js";
import type { Operation } from "./job.js";
import { Lane } from "./lane.js";
import { Tally } from "./tally.js";

const VALUE_BYTES = 8;
const WORKERS = 3;

function lane(operation: Operation, keys: number) {
  const asked: { worker: number; key: number; isPut: boolean }[] = [];
  const tally = new Tally([]);
  let idle = 0;
  const subject = new Lane({
    operation,
    workers: WORKERS,
    keys,
    valueBytes: VALUE_BYTES,
    pool: valuePool(VALUE_BYTES),
    dice: new Dice(7),
    tally,
    fill: { next: 0 },
    onIdle: () => {
      idle++;
    },
    onLost: () => {},
  });
  const connection: LoadConnection = {
    put: (worker, { key }) => asked.push({ worker, key, isPut: true }),
    get: (worker, key) => asked.push({ worker, key, isPut: false }),
    flush: () => {},
    close: () => {},
  };
  tally.start();
  subject.start(connection);
  const answer = (bytes: number): void => {
    const next = asked.shift();
    if (next !== undefined) subject.done(next.worker, { bytes: new Uint8Array(bytes), start: 0, end: bytes });
  };
  return { subject, asked, tally, answer, idle: () => idle };
}

test("each worker has one request under way, and asks again when it is answered", (t) => {
  const { asked, answer } = lane("get", 100);
  t.deepEqual(
    asked.map(({ worker }) => worker),
    [0, 1, 2],
  );
  answer(VALUE_BYTES);
  t.deepEqual(
    asked.map(({ worker }) => worker),
    [1, 2, 0],
  );
});

test("a fill writes every key once and is idle then", (t) => {
  const { asked, answer, idle } = lane("fill", 10);
  const keys: number[] = [];
  while (idle() === 0) {
    keys.push(asked[0]?.key ?? -1);
    answer(0);
  }
  t.deepEqual(keys, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  t.is(asked.length, 0);
});

test("after stop what is under way is waited for, and nothing else is asked", (t) => {
  const { subject, asked, answer, idle } = lane("put", 10);
  subject.stop();
  answer(0);
  answer(0);
  t.is(idle(), 0);
  answer(0);
  t.is(idle(), 1);
  t.is(asked.length, 0);
});

test("a value of another length is an error", (t) => {
  const { tally, answer, subject } = lane("get", 10);
  subject.stop();
  answer(VALUE_BYTES - 1);
  answer(VALUE_BYTES);
  tally.stop();
  const { operations, errors, lastError } = tally.result();
  t.deepEqual(
    { operations, errors, lastError },
    { operations: 1, errors: 1, lastError: "a value of 7 bytes" },
  );
});
