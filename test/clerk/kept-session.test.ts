/** Sessions that outlive their Clerk: what one has begun another finishes, exactly once. */
import test from "ava";
import { Clerk } from "../../src/clerk/clerk.js";
import type { ClerkCore } from "../../src/clerk/clerk-core.js";
import { ClerkError } from "../../src/clerk/clerk-error.js";
import type { SessionKeeper, WriteName } from "../../src/clerk/session.js";
import { FakeCluster, Outcome } from "./fake-cluster.js";
import { TcpMember } from "./tcp-member.js";

class Keeper implements SessionKeeper {
  readonly resumed: WriteName | null;
  readonly sessions: WriteName[] = [];
  readonly #onOpened: () => void;

  constructor(resumed: WriteName | null = null, onOpened = () => {}) {
    this.resumed = resumed;
    this.#onOpened = onOpened;
  }

  get last(): WriteName {
    const last = this.sessions.at(-1);
    if (last === undefined) throw new Error("no session was opened");
    return last;
  }

  sending(session: WriteName): void {
    this.sessions.push(session);
    this.#onOpened();
  }
}

function append(core: ClerkCore): Outcome<boolean | ClerkError> {
  const outcome = new Outcome<boolean | ClerkError>();
  core.write({ kind: "append", key: "k", value: "x" }, outcome.take);
  return outcome;
}

function preclude(core: ClerkCore): Outcome<number | null | ClerkError> {
  const outcome = new Outcome<number | null | ClerkError>();
  core.preclude(outcome.take);
  return outcome;
}

function settled<T>(cluster: FakeCluster, outcome: Outcome<T>): T | undefined {
  cluster.time.advanceUntil(() => outcome.done);
  return outcome.value;
}

/** A Clerk is gone after its append was answered to nobody (`ran`) or before it was sent. */
function abandoned({ ran }: { readonly ran: boolean }): { cluster: FakeCluster; session: WriteName } {
  const cluster = new FakeCluster();
  for (const member of cluster.members) {
    member.intercept = (request) => {
      if (request.kind !== "command" || request.command.kind !== "session") return undefined;
      if (ran) cluster.serve(request);
      return null;
    };
  }
  const keeper = new Keeper();
  append(cluster.core({ sessions: keeper }));
  cluster.time.advance(100);
  for (const member of cluster.members) member.intercept = () => undefined;
  return { cluster, session: keeper.last };
}

test("a session is told of after it was opened and before anything is sent in it", (t) => {
  const cluster = new FakeCluster();
  const kinds = () => cluster.members.flatMap(({ commands }) => commands.map(({ kind }) => kind));
  let before: readonly string[] = [];
  const keeper = new Keeper(null, () => {
    before = kinds();
  });
  t.is(settled(cluster, append(cluster.core({ sessions: keeper }))), true);
  t.deepEqual(before, ["open"]);
  t.deepEqual(kinds(), ["open", "session"]);
  t.is(cluster.sessions.get(keeper.last.clientId)?.index, keeper.last.index);
});

for (const ran of [true, false]) {
  test(`a write that ${ran ? "ran" : "was not sent"} before its Clerk was gone has run once when it is resumed`, (t) => {
    const { cluster, session } = abandoned({ ran });
    t.is(cluster.store.get("k"), ran ? "x" : undefined);
    const core = cluster.core({ sessions: new Keeper(session) });
    t.is(settled(cluster, append(core)), true);
    t.is(cluster.store.get("k"), "x");
    t.is(settled(cluster, append(core)), true);
    t.is(cluster.store.get("k"), "xx");
  });

  test(`a write that ${ran ? "ran" : "was not sent"} before it was precluded ${ran ? "is told of" : "never runs"}`, (t) => {
    const { cluster, session } = abandoned({ ran });
    const answer = settled(cluster, preclude(cluster.core({ sessions: new Keeper(session) })));
    t.is(typeof answer, ran ? "number" : "object");
    t.is(settled(cluster, append(cluster.core({ sessions: new Keeper(session) }))), ran);
    t.is(cluster.store.get("k"), ran ? "x" : undefined);
    t.is(settled(cluster, preclude(cluster.core({ sessions: new Keeper(session) }))), answer);
  });
}

for (const ran of [true, false]) {
  test(`a later write of a session that ${ran ? "ran" : "was not sent"} before its Clerk was gone has run once when it is resumed`, (t) => {
    const cluster = new FakeCluster();
    const keeper = new Keeper();
    const core = cluster.core({ sessions: keeper });
    for (let sequence = 1; sequence <= 3; sequence++) {
      t.is(settled(cluster, append(core)), true);
      t.is(keeper.last.sequence, sequence);
    }
    for (const member of cluster.members) {
      member.intercept = (request) => {
        if (ran) cluster.serve(request);
        return null;
      };
    }
    append(core);
    cluster.time.advance(100);
    for (const member of cluster.members) member.intercept = () => undefined;
    t.is(keeper.last.sequence, 4);
    t.is(settled(cluster, append(cluster.core({ sessions: new Keeper(keeper.last) }))), true);
    t.is(cluster.store.get("k"), "xxxx");
  });
}

test("a write of a session that the cluster keeps no longer has an unknown outcome, and is not sent in another", (t) => {
  const { cluster, session } = abandoned({ ran: true });
  cluster.sessions.clear();
  const keeper = new Keeper(session);
  const error = settled(cluster, append(cluster.core({ sessions: keeper })));
  t.true(error instanceof ClerkError && error.code === "session-expired" && error.outcomeUnknown);
  t.deepEqual(keeper.sessions, []);
  t.is(cluster.store.get("k"), "x");
});

test("a session is closed when its writes have their answers, and left open when one has none", async (t) => {
  for (const answered of [true, false]) {
    const cluster = new FakeCluster(1);
    const fake = cluster.member("n1");
    const member = new TcpMember(fake);
    await member.listen();
    t.teardown(() => member.close());
    fake.intercept = (request) =>
      request.kind === "command" && request.command.kind === "session" && !answered ? null : undefined;
    const keeper = new Keeper();
    const clerk = new Clerk({ endpoints: [fake.address], sessions: keeper, timeoutMs: 300 });
    const outcome: unknown = await clerk.append("k", "x").catch((error: unknown) => error);
    t.is(outcome instanceof ClerkError && outcome.outcomeUnknown, !answered);
    await clerk.close();
    while (member.sockets.size > 0) await new Promise((resolve) => setImmediate(resolve));
    t.is(cluster.sessions.has(keeper.last.clientId), !answered);
  }
});
