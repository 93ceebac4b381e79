import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { HISTORY_LINES_MAX, History } from "../../../src/cli/repl/history.js";
import { temporaryDirectory } from "../temporary-directory.js";

test("lines are kept for the next session, newest first, for their owner alone", async (t) => {
  const home = await temporaryDirectory(t);
  const environment = { XDG_STATE_HOME: join(home, "state") };
  const history = new History(environment);
  t.deepEqual(history.lines, []);
  for (const line of ["put a 1", "get a "]) t.true(history.add(line));
  for (const line of ["get a", "", "  "]) t.false(history.add(line));
  t.deepEqual(new History(environment).lines, ["get a", "put a 1"]);
  t.is(statSync(join(home, "state/kvraft")).mode & 0o777, 0o700);
  t.is(statSync(join(home, "state/kvraft/history")).mode & 0o777, 0o600);
});

test("a line that begins with a blank, and one that is very long, are not kept", async (t) => {
  const environment = { XDG_STATE_HOME: await temporaryDirectory(t) };
  const history = new History(environment);
  t.false(history.add(" put password secret"));
  t.false(history.add(`put k ${"x".repeat(5000)}`));
  t.deepEqual(new History(environment).lines, []);
});

test("sessions at the same time lose nothing of each other", async (t) => {
  const environment = { XDG_STATE_HOME: await temporaryDirectory(t) };
  const [one, other] = [new History(environment), new History(environment)];
  one.add("a");
  other.add("b");
  one.add("c");
  t.deepEqual(new History(environment).lines, ["c", "b", "a"]);
});

test("no more than the last thousand lines outlive a session", async (t) => {
  const environment = { XDG_STATE_HOME: await temporaryDirectory(t) };
  const history = new History(environment);
  for (let at = 0; at < HISTORY_LINES_MAX + 10; at++) history.add(`get ${at}`);
  const { lines } = new History(environment);
  t.is(lines.length, HISTORY_LINES_MAX);
  t.is(lines.at(-1), "get 10");
  const path = join(environment.XDG_STATE_HOME, "kvraft/history");
  t.is(readFileSync(path, "utf8").split("\n").length, HISTORY_LINES_MAX + 1);
  t.is(statSync(path).mode & 0o777, 0o600);
});

test("where no file can be kept there is the history of the session", async (t) => {
  const home = await temporaryDirectory(t);
  writeFileSync(join(home, "kvraft"), "in the way");
  const history = new History({ XDG_STATE_HOME: home });
  t.true(history.add("get a"));
  t.deepEqual(history.lines, []);
});
