import test from "ava";
import fc from "fast-check";
import { ClerkError } from "../../src/clerk/clerk-error.js";
import { errorAnswer, FakeCluster, Outcome } from "./fake-cluster.js";

/** One thing that goes wrong, and how long until the next. */
const fault = fc.record({
  what: fc.constantFrom(
    "elect",
    "depose",
    "break",
    "die",
    "mute",
    "hang",
    "revive",
    "apply-then-silent",
    "apply-then-unknown",
    "refuse-overloaded",
    "behave",
    "expire-sessions",
  ),
  who: fc.constantFrom("n1", "n2", "n3"),
  waitMs: fc.integer({ min: 1, max: 800 }),
});

type Fault = typeof fault extends fc.Arbitrary<infer T> ? T : never;

function inflict(cluster: FakeCluster, { what, who }: Fault): void {
  const member = cluster.member(who);
  switch (what) {
    case "elect":
      cluster.elect(who);
      return;
    case "depose":
      cluster.elect(null);
      return;
    case "break":
      member.breakConnections();
      return;
    case "die":
      member.die();
      return;
    case "mute":
    case "hang":
      member.mode = what;
      return;
    case "revive":
      member.mode = "up";
      return;
    case "apply-then-silent":
    case "apply-then-unknown":
      member.intercept = (request) => {
        if (request.kind === "status" || member.leader !== who) return undefined;
        cluster.serve(request);
        return what === "apply-then-silent" ? null : errorAnswer("outcome-unknown");
      };
      return;
    case "refuse-overloaded":
      member.intercept = (request) => (request.kind === "status" ? undefined : errorAnswer("overloaded"));
      return;
    case "behave":
      member.intercept = () => undefined;
      return;
    case "expire-sessions":
      cluster.sessions.clear();
      return;
  }
}

test("PITFALLS 36, 38: under any faults done means once, not done means never, unknown at most once", (t) => {
  let unknown = 0;
  fc.assert(
    fc.property(fc.array(fault, { maxLength: 30 }), (faults) => {
      const cluster = new FakeCluster();
      const core = cluster.core({ timeoutMs: 3000 });
      const outcomes: Outcome<boolean | ClerkError>[] = [];
      const append = (): void => {
        const outcome = new Outcome<boolean | ClerkError>();
        core.write({ kind: "append", key: "log", value: `<${outcomes.length}>` }, outcome.take);
        outcomes.push(outcome);
      };
      for (const next of faults) {
        for (let count = 0; count < 3; count++) append();
        cluster.time.advance(next.waitMs / 2);
        inflict(cluster, next);
        append();
        cluster.time.advance(next.waitMs / 2);
      }
      cluster.time.advance(5000);
      const log = cluster.store.get("log") ?? "";
      outcomes.forEach(({ value, count }, at) => {
        t.is(count, 1, "every operation is answered once");
        const runs = log.split(`<${at}>`).length - 1;
        if (value instanceof ClerkError && value.outcomeUnknown) {
          unknown++;
          t.true(runs <= 1);
        } else t.is(runs, value === true ? 1 : 0, String(value));
      });
      for (const member of cluster.members) {
        member.mode = "up";
        member.intercept = () => undefined;
      }
      cluster.elect("n2");
      append();
      const tookMs = cluster.time.advanceUntil(() => outcomes.at(-1)?.done === true);
      t.true(tookMs < 500 && outcomes.at(-1)?.value === true, `healed after ${tookMs} ms`);
    }),
    { numRuns: 60 },
  );
  t.true(unknown > 0, "the faults are worth something");
});
