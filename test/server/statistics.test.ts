import test from "ava";
import { Statistics } from "../../src/server/statistics.js";

const TICK_MS = 20;

function statistics() {
  const clock = { us: 5_000_000 };
  const measured = new Statistics({ nowUs: () => clock.us, tickMs: TICK_MS });
  return { clock, measured };
}

test("an entry's latency is from the turn that took it in to the turn that saw it committed", (t) => {
  const { clock, measured } = statistics();
  measured.changeLeadership(10);
  measured.lead(13, 10);
  clock.us += 100;
  measured.lead(15, 10);
  clock.us += 300;
  measured.lead(15, 14);
  const { commit } = measured.latencies;
  t.is(commit.count, 4);
  t.is(commit.sum, 3 * 400 + 300);
  clock.us += 50;
  measured.lead(15, 15);
  t.is(commit.count, 5);
  t.is(commit.max, 400);
});

test("what a new leader found in its log is not counted, nor what a deposed one left", (t) => {
  const { clock, measured } = statistics();
  measured.changeLeadership(10);
  clock.us += 100;
  measured.lead(10, 10);
  t.is(measured.latencies.commit.count, 0);
  measured.lead(12, 10);
  measured.changeLeadership(12);
  clock.us += 1000;
  measured.lead(12, 12);
  t.is(measured.latencies.commit.count, 0);
});

test("a tick that comes late is counted with what it came too late", (t) => {
  const { clock, measured } = statistics();
  clock.us += TICK_MS * 1000;
  measured.tick();
  clock.us += TICK_MS * 1000 + 70_000;
  measured.tick();
  clock.us += 1000;
  measured.tick();
  const { loopDelay } = measured.latencies;
  t.is(loopDelay.count, 3);
  t.is(loopDelay.sum, 70_000);
});

test("terms have an age, and leaders are counted as they change", (t) => {
  const { clock, measured } = statistics();
  measured.follow(1, null);
  measured.follow(1, "n1");
  clock.us += 2_000_000;
  measured.follow(1, null);
  measured.follow(1, "n1");
  t.is(measured.counts.leaderChanges, 1);
  t.is(measured.termAgeMs, 2000);
  measured.follow(2, "n2");
  t.is(measured.termAgeMs, 0);
  t.is(measured.counts.leaderChanges, 2);
  t.is(measured.uptimeMs, 2000);
});

test("records of the log and batches of entries are timed", (t) => {
  const { clock, measured } = statistics();
  const written = measured.beginLogWrite();
  clock.us += 700;
  written();
  measured.timeApply(() => {
    clock.us += 30;
  });
  t.is(measured.latencies.logWrite.sum, 700);
  t.is(measured.latencies.apply.sum, 30);
});
