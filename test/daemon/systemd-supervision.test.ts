import test from "ava";
import fc from "fast-check";
import { Supervision, takeWatchdogMs } from "../../src/daemon/systemd/supervision.js";
import { describe, hangOf, type Vitals } from "../../src/daemon/systemd/vitals.js";

const IDLE: Vitals = {
  role: "follower",
  term: 3,
  leader: "n2",
  commitIndex: 7,
  appliedIndex: 7,
  recordUnderWay: null,
};
const WATCHDOG_MS = 900;

/** A supervision in virtual time, and all that it has said, with the time. */
function supervision(watchdogMs: number | null = WATCHDOG_MS) {
  const said: { readonly atMs: number; readonly text: string }[] = [];
  const timers: { readonly intervalMs: number; dueMs: number; readonly run: () => void }[] = [];
  const logged: string[] = [];
  let nowMs = 0;
  const supervision = new Supervision({
    notify: (...assignments) => said.push({ atMs: nowMs, text: assignments.join(" ") }),
    watchdogMs,
    log: (level, _event, { reason = "" } = {}) => void logged.push(`${level} ${reason}`),
    clock: {
      nowUs: () => BigInt(Math.round(nowMs * 1000)),
      every: (intervalMs, run) => void timers.push({ intervalMs, dueMs: nowMs + intervalMs, run }),
    },
  });
  const pass = (ms: number): void => {
    const endMs = nowMs + ms;
    for (;;) {
      const [next] = timers.toSorted((left, right) => left.dueMs - right.dueMs);
      if (next === undefined || next.dueMs > endMs) break;
      nowMs = next.dueMs;
      next.dueMs += next.intervalMs;
      next.run();
    }
    nowMs = endMs;
  };
  return { supervision, said, logged, pass, texts: () => said.map(({ text }) => text) };
}

test("an idle member gets on, and so does one whose write or whose backlog is another than before", (t) => {
  t.is(hangOf(IDLE, IDLE), null);
  t.is(hangOf({ ...IDLE, recordUnderWay: 4 }, { ...IDLE, recordUnderWay: 5 }), null);
  t.is(hangOf({ ...IDLE, recordUnderWay: 4 }, IDLE), null);
  t.is(hangOf(IDLE, { ...IDLE, commitIndex: 9 }), null);
  t.is(hangOf({ ...IDLE, commitIndex: 9 }, { ...IDLE, commitIndex: 12, appliedIndex: 8 }), null);
});

test("a member hangs whose disk still has the same record, or that leaves undone what was to be applied", (t) => {
  const writing = { ...IDLE, recordUnderWay: 4 };
  t.regex(hangOf(writing, { ...writing, commitIndex: 8, appliedIndex: 8 }) ?? "", /disk/);
  const behind = { ...IDLE, commitIndex: 9 };
  t.regex(hangOf(behind, { ...behind, commitIndex: 12 }) ?? "", /applied/);
});

test("the log says once why a member hangs", (t) => {
  const { supervision: watched, pass, logged } = supervision();
  let vitals = IDLE;
  watched.ready(() => vitals);
  for (let time = 0; time < 2; time++) {
    vitals = { ...IDLE, recordUnderWay: 4 };
    pass(10 * WATCHDOG_MS);
    vitals = IDLE;
    pass(WATCHDOG_MS);
  }
  t.deepEqual(logged, Array(2).fill("warn a record of the log does not get to the disk"));
});

test("a write that hangs for less than the watchdog never starves it, one for a feed longer always does", (t) => {
  const slackMs = WATCHDOG_MS / 3;
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2000 }),
      fc.integer({ min: 1, max: 3000 }),
      fc.constantFrom<Partial<Vitals>>({ recordUnderWay: 1 }, { commitIndex: 9 }),
      (idleMs, hangMs, trouble) => {
        const { supervision: watched, said, pass } = supervision();
        let vitals = IDLE;
        watched.ready(() => vitals);
        pass(idleMs);
        vitals = { ...IDLE, ...trouble };
        pass(hangMs);
        vitals = IDLE;
        pass(2 * WATCHDOG_MS);
        const fedMs = said.filter(({ text }) => /WATCHDOG|READY/.test(text)).map(({ atMs }) => atMs);
        const longestMs = Math.max(...fedMs.slice(1).map((atMs, before) => atMs - (fedMs[before] ?? 0)));
        if (hangMs < WATCHDOG_MS - slackMs) t.true(longestMs <= WATCHDOG_MS);
        if (hangMs > WATCHDOG_MS + slackMs) t.true(longestMs > WATCHDOG_MS);
      },
    ),
  );
});

test("without a watchdog nobody is fed", (t) => {
  const { supervision: unwatched, pass, texts } = supervision(null);
  unwatched.ready(() => IDLE);
  pass(10_000);
  t.deepEqual(texts(), ["READY=1 STATUS=follower of n2, term 3, commit index 7"]);
});

test("the status is told when it changes, at most once a second", (t) => {
  const { supervision: told, pass, texts } = supervision(null);
  let commitIndex = 7;
  told.ready(() => ({ ...IDLE, commitIndex }));
  for (; commitIndex < 100; commitIndex++) pass(25);
  pass(5000);
  t.is(texts().length, 1 + 3);
  t.is(texts().at(-1), "STATUS=follower of n2, term 3, commit index 100");
});

test("more time for the start is asked for once a second, as long as recovery gets on", (t) => {
  const { supervision: recovering, pass, said } = supervision();
  for (let step = 0; step < 50; step++) {
    recovering.recovering();
    pass(100);
  }
  pass(60_000);
  t.deepEqual(
    said.map(({ atMs }) => atMs),
    [0, 1000, 2000, 3000, 4000],
  );
  t.is(said[0]?.text, "EXTEND_TIMEOUT_USEC=60000000 STATUS=recovering");
});

test("a reload is told with its time; before the member is ready, and while it stops, there is none to tell", (t) => {
  const { supervision: reloading, pass, texts } = supervision(null);
  const reload = () => {
    reloading.reloading();
    reloading.reloaded();
    reloading.repeat();
  };
  reload();
  t.deepEqual(texts(), []);
  reloading.ready(() => IDLE);
  pass(1500);
  reload();
  t.deepEqual(texts().slice(1), ["RELOADING=1 MONOTONIC_USEC=1500000", "READY=1", texts()[0]]);
  reloading.stopping();
  reload();
  t.is(texts().at(-1), "STOPPING=1");
});

test("the status of every role reads well", (t) => {
  t.is(describe(IDLE), "follower of n2, term 3, commit index 7");
  t.is(describe({ ...IDLE, leader: "" }), "follower, term 3, commit index 7");
  t.is(describe({ ...IDLE, role: "leader", leader: "n1" }), "leader, term 3, commit index 7");
});

test("a watchdog counts if it is meant for this process, and is taken out of the environment", (t) => {
  const environment = { WATCHDOG_USEC: "30000000", WATCHDOG_PID: "7", PATH: "/bin" };
  t.is(takeWatchdogMs({ ...environment }, 7), 30_000);
  t.is(takeWatchdogMs({ ...environment }, 8), null);
  t.is(takeWatchdogMs({ WATCHDOG_USEC: "1000" }, 7), 1);
  t.is(takeWatchdogMs({ WATCHDOG_USEC: "0" }, 7), null);
  t.is(takeWatchdogMs({}, 7), null);
  takeWatchdogMs(environment, 7);
  t.deepEqual(environment as object, { PATH: "/bin" });
});
