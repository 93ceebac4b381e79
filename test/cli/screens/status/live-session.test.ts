import test from "ava";
import { MOMENT_MS, PretendedSession } from "./session.js";

test("everybody is asked at once, and then at every interval", (t) => {
  const pretended = new PretendedSession();
  pretended.session.start();
  pretended.pass(MOMENT_MS);
  t.deepEqual(pretended.questions, [1, 1, 1]);
  t.regex(pretended.text, /n1 +\* leader.*\n.*n2 +o follower.*\n.*n3 +o follower/);
  pretended.pass(2000);
  t.deepEqual(pretended.questions, [3, 3, 3]);
});

test("a member that hangs delays no other, and is down when its time is up", (t) => {
  const pretended = new PretendedSession();
  pretended.session.start();
  pretended.pass(MOMENT_MS);
  pretended.cluster.member("n2").mode = "mute";
  pretended.pass(1000);
  t.deepEqual(pretended.questions, [2, 1, 2]);
  t.regex(pretended.text, /n2 +o follower/, "it may still answer");
  pretended.pass(1000);
  t.regex(pretended.text, /n2 +x down.*\n +did not answer within 1 s - shown as of 2\.0 s ago/);
  t.regex(pretended.text, /quorum +2 of 3 up, no more may fail/);
  t.deepEqual(pretended.questions, [3, 1, 3]);
});

test("who draws is told of answers, failures and keys, until it does not want to be any more", (t) => {
  const { session, cluster, ...pretended } = new PretendedSession();
  let changes = 0;
  const unsubscribe = session.subscribe(() => changes++);
  session.start();
  cluster.time.advance(MOMENT_MS);
  t.is(changes, 4);
  const before = session.version();
  session.press("m");
  t.is(changes, 5);
  t.not(session.version(), before);
  unsubscribe();
  session.press("m");
  t.is(changes, 5);
  t.truthy(pretended);
});

test("paused, nobody is asked, and going on asks at once", (t) => {
  const pretended = new PretendedSession();
  pretended.session.start();
  pretended.pass(MOMENT_MS);
  pretended.session.press("p");
  pretended.pass(10_000);
  t.deepEqual(pretended.questions, [1, 1, 1]);
  t.regex(pretended.text, /kvraft - cluster .* paused/);
  pretended.session.press("p");
  pretended.pass(MOMENT_MS);
  t.deepEqual(pretended.questions, [2, 2, 2]);
});

test("another interval holds from now on", (t) => {
  const pretended = new PretendedSession();
  pretended.session.start();
  for (const key of ["+", "+"]) pretended.session.press(key);
  pretended.pass(MOMENT_MS);
  const [before = 0] = pretended.questions;
  pretended.pass(1000);
  t.is(pretended.questions[0], before + 4);
});

test("leadership is transferred to the member that is chosen, and the new leader is told", async (t) => {
  const pretended = new PretendedSession({ allowActions: true });
  pretended.session.start();
  pretended.pass(MOMENT_MS);
  for (const key of ["j", "t"]) pretended.session.press(key);
  t.regex(pretended.text, /make n2 the leader\? y\/N$/);
  t.is(pretended.session.press("y"), null);
  pretended.pass(MOMENT_MS);
  await Promise.resolve();
  t.regex(pretended.text, /the leader hands over to n2$/);
  pretended.pass(MOMENT_MS);
  t.regex(pretended.text, /leader +\* n2 - term 3/);
  t.regex(pretended.text, /n2 leads in term 3$/);
});

test("a transfer that the leader refuses says why", async (t) => {
  const pretended = new PretendedSession({ allowActions: true });
  pretended.session.start();
  pretended.pass(MOMENT_MS);
  pretended.cluster.member("n1").die();
  for (const key of ["j", "t", "y"]) pretended.session.press(key);
  pretended.pass(MOMENT_MS);
  await Promise.resolve();
  t.regex(pretended.text, /leadership was not transferred: .*n1/);
});

test("closed, it asks nobody and waits for nothing", (t) => {
  const pretended = new PretendedSession();
  pretended.session.start();
  pretended.pass(MOMENT_MS);
  pretended.session.close();
  t.true(pretended.cluster.time.idle);
});
