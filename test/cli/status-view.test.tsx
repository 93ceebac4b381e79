import test, { type ExecutionContext } from "ava";
import { render } from "ink-testing-library";
import type { MemberReport } from "../../src/clerk/status-query.js";
import { StatusView } from "../../src/cli/screens/status-view.js";
import { report } from "./reports.js";

const PATIENCE_MS = 10_000;

/** What the view asks: each question gets the answer that is current then. */
class Cluster {
  members: readonly MemberReport[] = [];
  questions = 0;

  readonly poll = async (): Promise<readonly MemberReport[]> => {
    this.questions++;
    return this.members;
  };
}

function show(t: ExecutionContext, members: readonly MemberReport[]) {
  const cluster = new Cluster();
  cluster.members = members;
  const view = render(<StatusView poll={cluster.poll} intervalMs={1} />);
  t.teardown(view.unmount);
  return { cluster, view };
}

/** Resolves to the first frame from now on that matches, or fails with the last one. */
async function frame(
  t: ExecutionContext,
  view: ReturnType<typeof render>,
  expected: RegExp,
): Promise<string> {
  const end = performance.now() + PATIENCE_MS;
  while (!expected.test(view.lastFrame() ?? "") && performance.now() < end) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.regex(view.lastFrame() ?? "", expected);
  return view.lastFrame() ?? "";
}

test("shows who leads and every member, and follows what changes", async (t) => {
  const { cluster, view } = show(t, [report("n1", { role: "leader" }), report("n2")]);
  const first = await frame(t, view, /leader n1, term 7 · 2 of 2 members answer/);
  t.regex(first, /n2 +follower/);
  cluster.members = [
    report("n1", { error: "refused the connection" }),
    report("n2", { role: "candidate", term: 8 }),
  ];
  const second = await frame(t, view, /no leader · 1 of 2 members answer/);
  t.regex(second, /n2 +candidate/);
});

test("is never as tall as the terminal, however many members there are", async (t) => {
  const { view } = show(
    t,
    Array.from({ length: 40 }, (_, at) => report(`n${at + 1}`)),
  );
  const rows = (await frame(t, view, /… and \d+ more/)).split("\n").length;
  t.true(rows <= 23, `${rows} rows of 24`);
});

test("q ends it, another key does not", async (t) => {
  const { cluster, view } = show(t, [report("n1")]);
  await frame(t, view, /n1 +follower/);
  view.stdin.write("x");
  cluster.members = [report("n1", { role: "candidate" })];
  await frame(t, view, /n1 +candidate/);
  view.stdin.write("q");
  const asked = await questionsAtRest(cluster);
  cluster.members = [report("n1", { role: "leader" })];
  t.is(await questionsAtRest(cluster), asked);
  t.false(view.frames.some((shown) => /n1 +leader/.test(shown)));
});

/** Asks no more: as many questions after twenty turns of timers as before. */
async function questionsAtRest(cluster: Cluster): Promise<number> {
  let before = -1;
  while (before !== cluster.questions) {
    before = cluster.questions;
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return before;
}
