import test from "ava";
import type { ClerkCore } from "../../src/clerk/clerk-core.js";
import { ClerkError } from "../../src/clerk/clerk-error.js";
import type { Command } from "../../src/kv/command.js";
import { errorAnswer, FakeCluster, type FakeMember, Outcome } from "./fake-cluster.js";

function put(core: ClerkCore, key = "k", value = "v"): Outcome<boolean | ClerkError> {
  const outcome = new Outcome<boolean | ClerkError>();
  core.write({ kind: "put", key, value }, outcome.take);
  return outcome;
}

function append(core: ClerkCore, value: string): Outcome<boolean | ClerkError> {
  const outcome = new Outcome<boolean | ClerkError>();
  core.write({ kind: "append", key: "log", value }, outcome.take);
  return outcome;
}

function get(core: ClerkCore, key = "k"): Outcome<string | null | ClerkError> {
  const outcome = new Outcome<string | null | ClerkError>();
  core.get(key, outcome.take);
  return outcome;
}

function failure(outcome: { readonly value: unknown }): ClerkError {
  if (outcome.value instanceof ClerkError) return outcome.value;
  throw new Error(`not a failure: ${String(outcome.value)}`);
}

function writes(commands: readonly Command[]): Extract<Command, { kind: "session" }>[] {
  return commands.filter((command) => command.kind === "session");
}

test("the first write asks one member who leads, opens a session there and writes", (t) => {
  const cluster = new FakeCluster();
  cluster.elect("n2");
  const core = cluster.core();
  const outcome = put(core);
  const tookMs = cluster.time.advanceUntil(() => outcome.done);
  t.true(outcome.value === true && tookMs <= 12, `took ${tookMs} ms`);
  t.deepEqual(cluster.dials, ["n1:1", "n2:1"]);
  t.is(cluster.store.get("k"), "v");
  t.deepEqual(
    cluster.member("n2").commands.map(({ kind }) => kind),
    ["open", "session"],
  );
  t.is(cluster.member("n1").commands.length + cluster.member("n3").commands.length, 0);
});

const SPOILS: readonly [string, (first: FakeMember) => void, number][] = [
  ["refuses", (first) => first.die(), 12],
  [
    "knows of no leader",
    (first) => {
      first.leader = null;
    },
    12,
  ],
  [
    "is silent",
    (first) => {
      first.mode = "hang";
    },
    65,
  ],
];

for (const [what, spoil, patienceMs] of SPOILS) {
  test(`where the first member that is asked ${what}, all others are asked at once`, (t) => {
    const cluster = new FakeCluster();
    cluster.elect("n3");
    spoil(cluster.member("n1"));
    const outcome = put(cluster.core());
    const tookMs = cluster.time.advanceUntil(() => outcome.done);
    t.true(outcome.value === true && tookMs <= patienceMs, `took ${tookMs} ms`);
    t.deepEqual(cluster.dials.slice(0, 3), ["n1:1", "n2:1", "n3:1"]);
  });
}

test("the first read goes to whoever greets first, and others to whom that has named as the leader", (t) => {
  const cluster = new FakeCluster();
  cluster.elect("n2");
  cluster.store.set("k", "v");
  const core = cluster.core();
  const first = get(core);
  const tookMs = cluster.time.advanceUntil(() => first.done);
  t.true(first.value === "v" && tookMs <= 5, `took ${tookMs} ms`);
  t.deepEqual(cluster.dials, ["n1:1"]);
  const second = get(core);
  cluster.time.advanceUntil(() => second.done);
  t.is(second.value, "v");
  t.deepEqual(cluster.dials, ["n1:1", "n2:1"]);
});

test("a read that the first member cannot answer is answered by the leader", (t) => {
  for (const answer of ["not-leader", "unavailable"] as const) {
    const cluster = new FakeCluster();
    cluster.elect("n2");
    cluster.store.set("k", "v");
    cluster.member("n1").intercept = ({ kind }) => (kind === "get" ? errorAnswer(answer) : undefined);
    const outcome = get(cluster.core());
    const tookMs = cluster.time.advanceUntil(() => outcome.done);
    t.true(outcome.value === "v" && tookMs <= 65, `${answer}: took ${tookMs} ms`);
  }
});

test("one endpoint is enough: the others are learned from it, whoever leads", (t) => {
  const cluster = new FakeCluster();
  cluster.elect("n3");
  const core = cluster.core({ endpoints: ["n1:1"] });
  const outcome = put(core);
  t.true(cluster.time.advanceUntil(() => outcome.done) <= 15);
  t.is(outcome.value, true);
});

test("an opening that met only silence does not hold up the writes that come later", (t) => {
  const cluster = new FakeCluster();
  const member = cluster.member("n1");
  member.intercept = (request) => (request.kind === "status" ? undefined : null);
  const core = cluster.core({ timeoutMs: 3000 });
  const lost = put(core);
  cluster.time.advance(5000);
  t.is(failure(lost).outcomeUnknown, false);
  member.intercept = () => undefined;
  const outcome = put(core);
  const tookMs = cluster.time.advanceUntil(() => outcome.done);
  t.true(outcome.value === true && tookMs <= 10, `took ${tookMs} ms`);
});

test("reads need no session, and answer null for an absent key", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  const absent = get(core);
  cluster.time.advanceUntil(() => absent.done);
  t.is(absent.value, null);
  t.is(cluster.sessions.size, 0);
});

test("nothing keeps a timer when nobody waits", (t) => {
  const cluster = new FakeCluster();
  const outcome = put(cluster.core());
  cluster.time.advanceUntil(() => outcome.done);
  cluster.time.advance(200);
  t.true(cluster.time.idle);
});

test("delete tells whether the key was there; keys are checked before anything is sent", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  const first = put(core);
  const second = new Outcome<boolean | ClerkError>();
  const third = new Outcome<boolean | ClerkError>();
  cluster.time.advanceUntil(() => first.done);
  core.write({ kind: "delete", key: "k" }, second.take);
  cluster.time.advanceUntil(() => second.done);
  core.write({ kind: "delete", key: "k" }, third.take);
  cluster.time.advanceUntil(() => third.done);
  t.deepEqual([second.value, third.value], [true, false]);

  const unused = new FakeCluster();
  const other = unused.core();
  t.is(failure(put(other, "")).code, "key-empty");
  t.is(failure(put(other, "x".repeat(4097))).code, "key-too-large");
  t.is(failure(get(other, "")).code, "key-empty");
  t.is(failure(put(other, "k", "x".repeat(16 * 1024 * 1024 + 1))).code, "value-too-large");
  t.deepEqual(unused.dials, []);
});

test("PITFALLS 36: refused everywhere is unreachable and definitely not done", (t) => {
  const cluster = new FakeCluster();
  for (const member of cluster.members) member.mode = "refuse";
  const outcome = put(cluster.core());
  t.is(
    cluster.time.advanceUntil(() => outcome.done),
    5000,
  );
  t.true(cluster.dials.length >= 100 && cluster.dials.length <= 153, `${cluster.dials.length} dials`);
  const { code, outcomeUnknown, message } = failure(outcome);
  t.deepEqual({ code, outcomeUnknown }, { code: "unreachable", outcomeUnknown: false });
  t.is(
    message,
    "no member reachable after 5.0s; n1:1 refused the connection, n2:1 refused the connection, " +
      "n3:1 refused the connection; check the endpoints, and that kvraftd runs there",
  );
});

test("PITFALLS 36: no leader is definitely not done, and every member's part in it is told", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  const greeted = get(core);
  cluster.time.advanceUntil(() => greeted.done);
  cluster.elect(null);
  cluster.member("n1").die();
  cluster.member("n3").mode = "mute";
  const outcome = put(core);
  t.is(
    cluster.time.advanceUntil(() => outcome.done),
    5000,
  );
  const { code, outcomeUnknown, message } = failure(outcome);
  t.deepEqual({ code, outcomeUnknown }, { code: "no-leader", outcomeUnknown: false });
  t.true(
    message.startsWith("no leader after 5.0s; n1 refused the connection, n2 is a follower (term 3), n3 "),
    message,
  );
});

for (const [what, spoil] of [
  [
    "swallowed by the leader",
    (cluster: FakeCluster) => {
      for (const member of cluster.members) {
        member.intercept = (request) => (request.kind === "get" || member.id === "n1" ? null : undefined);
      }
    },
  ],
  [
    "on a connection that broke, with no leader after it",
    (cluster: FakeCluster) => {
      cluster.member("n1").intercept = (request) => {
        if (request.kind === "status") return undefined;
        cluster.elect(null);
        cluster.member("n1").die();
        return null;
      };
    },
  ],
  [
    "answered as unknown, with no leader after it",
    (cluster: FakeCluster) => {
      cluster.member("n1").intercept = (request) => {
        if (request.kind === "status") return undefined;
        cluster.elect(null);
        return errorAnswer("outcome-unknown");
      };
    },
  ],
] as const) {
  test(`PITFALLS 36: at the deadline a write ${what} has an unknown outcome; a read never has`, (t) => {
    for (const kind of ["put", "get"] as const) {
      const cluster = new FakeCluster();
      const core = cluster.core();
      const warm = put(core);
      cluster.time.advanceUntil(() => warm.done);
      spoil(cluster);
      const outcome = kind === "put" ? put(core) : get(core);
      t.is(
        cluster.time.advanceUntil(() => outcome.done),
        5000,
      );
      t.is(failure(outcome).outcomeUnknown, kind === "put", failure(outcome).message);
      t.is(failure(outcome).message.includes("may have taken effect"), kind === "put");
    }
  });
}

for (const [reply, code] of [
  ["not-leader", "no-leader"],
  ["overloaded", "overloaded"],
  ["unavailable", "no-leader"],
] as const) {
  test(`PITFALLS 36: a write answered ${reply} until the deadline is definitely not done`, (t) => {
    const cluster = new FakeCluster();
    const core = cluster.core({ timeoutMs: 2000 });
    const warm = put(core);
    cluster.time.advanceUntil(() => warm.done);
    for (const member of cluster.members) {
      member.intercept = (request) => (request.kind === "status" ? undefined : errorAnswer(reply));
    }
    const before = cluster.member("n1").requests.length;
    const outcome = put(core);
    t.is(
      cluster.time.advanceUntil(() => outcome.done),
      2000,
    );
    t.deepEqual(
      { code: failure(outcome).code, unknown: failure(outcome).outcomeUnknown },
      { code, unknown: false },
    );
    t.true(cluster.member("n1").requests.length - before < 400, "members are not flooded");
  });
}

for (const [reply, code] of [
  ["invalid", "invalid"],
  ["too-large", "value-too-large"],
] as const) {
  test(`a write answered ${reply} fails at once with the member's words`, (t) => {
    const cluster = new FakeCluster();
    const core = cluster.core();
    cluster.member("n1").intercept = (request) =>
      request.kind === "command" && request.command.kind === "session"
        ? errorAnswer(reply, "the value is not to our taste")
        : undefined;
    const outcome = put(core);
    t.true(cluster.time.advanceUntil(() => outcome.done) < 20);
    t.is(failure(outcome).code, code);
    t.is(failure(outcome).message, "the value is not to our taste");
    t.false(failure(outcome).outcomeUnknown);
  });
}

test("PITFALLS 37: no two Clerks and no two sessions share a client id", (t) => {
  const cluster = new FakeCluster();
  for (let count = 0; count < 3; count++) {
    const outcome = put(cluster.core());
    cluster.time.advanceUntil(() => outcome.done);
  }
  t.is(cluster.sessions.size, 3);
});

test("PITFALLS 38: an append whose answer was lost is retried with its sequence and runs once", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  const leader = cluster.member("n1");
  leader.intercept = (request) => {
    if (request.kind !== "command" || request.command.kind !== "session") return undefined;
    leader.intercept = () => undefined;
    cluster.serve(request);
    leader.breakConnections();
    return null;
  };
  const outcome = append(core, "once");
  t.true(cluster.time.advanceUntil(() => outcome.done) < 250);
  t.is(outcome.value, true);
  t.is(cluster.store.get("log"), "once");
  const sent = cluster.members.flatMap(({ commands }) => writes(commands));
  t.is(sent.length, 2);
  t.is(sent[0]?.sequence, sent[1]?.sequence);
});

test("PITFALLS 38: a repeated reply settles its call once", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  const leader = cluster.member("n1");
  leader.intercept = (request) => {
    if (request.kind !== "command") return undefined;
    const answer = cluster.serve(request);
    for (const connection of leader.connections) {
      connection.reply({ ...answer, requestId: request.requestId } as Parameters<typeof connection.reply>[0]);
    }
    return answer;
  };
  const outcomes = [put(core, "a"), put(core, "b"), put(core, "c")];
  cluster.time.advance(1000);
  t.deepEqual(
    outcomes.map(({ count, value }) => [count, value]),
    [
      [1, true],
      [1, true],
      [1, true],
    ],
  );
});

test("PITFALLS 39: a caller whose entry was overwritten gets a retry and its own result", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  const warm = put(core);
  cluster.time.advanceUntil(() => warm.done);
  cluster.member("n1").intercept = (request) => {
    if (request.kind === "status") return undefined;
    cluster.elect("n2");
    return errorAnswer("outcome-unknown");
  };
  const outcome = new Outcome<boolean | ClerkError>();
  core.write({ kind: "delete", key: "never-there" }, outcome.take);
  t.true(cluster.time.advanceUntil(() => outcome.done) < 250);
  t.is(outcome.value, false);
});

test("when the leader dies everything in flight goes to the next one, each operation once", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  const warm = put(core);
  cluster.time.advanceUntil(() => warm.done);
  const leader = cluster.member("n1");
  let served = 0;
  leader.intercept = (request) => {
    if (request.kind === "status") return undefined;
    if (++served % 2 === 0) cluster.serve(request);
    return null;
  };
  const outcomes = Array.from({ length: 300 }, (_, at) => append(core, `<${at}>`));
  cluster.time.advance(10);
  leader.die();
  cluster.elect(null);
  cluster.time.advance(700);
  t.true(outcomes.every(({ done }) => !done));
  cluster.elect("n3");
  const tookMs = cluster.time.advanceUntil(() => outcomes.every(({ done }) => done));
  t.true(tookMs <= 60, `${tookMs} ms after the election`);
  t.true(outcomes.every(({ value, count }) => value === true && count === 1));
  const log = cluster.store.get("log") ?? "";
  for (let at = 0; at < 300; at++) t.is(log.split(`<${at}>`).length, 2);
});

test("a leader that goes silent does not eat the whole deadline", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  const warm = put(core);
  cluster.time.advanceUntil(() => warm.done);
  cluster.member("n1").mode = "mute";
  for (const id of ["n2", "n3"]) cluster.member(id).leader = "n2";
  cluster.member("n2").term = cluster.member("n3").term = 9;
  const outcome = put(core, "k", "w");
  const tookMs = cluster.time.advanceUntil(() => outcome.done);
  t.is(outcome.value, true);
  t.true(tookMs >= 1500 && tookMs < 1700, `${tookMs} ms`);
});

test("a leader that answers others but loses one request is asked again, with the same sequence", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  const warm = put(core);
  cluster.time.advanceUntil(() => warm.done);
  const leader = cluster.member("n1");
  leader.intercept = (request) => {
    if (request.kind === "status") return undefined;
    leader.intercept = () => undefined;
    return null;
  };
  const lost = append(core, "x");
  cluster.time.advance(1000);
  const probe = put(core);
  cluster.time.advance(10);
  t.true(probe.done);
  t.true(cluster.time.advanceUntil(() => lost.done) < 2500);
  t.is(lost.value, true);
  const sequences = writes(leader.commands).map(({ sequence }) => sequence);
  t.deepEqual(sequences, [1, 2, 3, 2]);
});

test("the late answer to an attempt that was given up still counts", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  const warm = put(core);
  cluster.time.advanceUntil(() => warm.done);
  const leader = cluster.member("n1");
  let lateId = 0;
  leader.intercept = (request) => {
    if (request.kind === "status") return undefined;
    if (lateId === 0) lateId = request.requestId;
    return null;
  };
  const outcome = get(core);
  // Status replies keep the connection from looking dead while the read stays unanswered.
  const nobody = new Outcome<unknown>();
  core.status(nobody.take);
  cluster.time.advance(1700);
  t.is(leader.requests.filter(({ kind }) => kind === "get").length, 2);
  for (const connection of leader.connections) {
    connection.reply({ kind: "get", requestId: lateId, value: "late", index: 1, behindMs: null });
  }
  cluster.time.advance(5);
  t.is(outcome.value, "late");
  cluster.time.advance(10_000);
  t.is(outcome.count, 1);
});

test("an error that comes late, to an attempt that was given up, starts nothing", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  const warm = put(core);
  cluster.time.advanceUntil(() => warm.done);
  const [first, second] = [cluster.member("n1"), cluster.member("n2")];
  let lateId = 0;
  first.intercept = (request) => {
    if (request.kind === "status") return undefined;
    lateId = request.requestId;
    return null;
  };
  second.intercept = (request) => (request.kind === "status" ? undefined : null);
  const outcome = put(core);
  core.status(() => {});
  cluster.time.advance(1400);
  cluster.elect("n2");
  cluster.time.advance(300);
  t.is(writes(second.commands).length, 1);
  for (const connection of first.connections) {
    const late = { requestId: lateId, message: "", leaderId: "n2", leaderAddress: "n2:1" };
    connection.reply({ kind: "error", code: "not-leader", ...late });
  }
  cluster.time.advance(300);
  t.is(writes(second.commands).length, 1);
  t.false(outcome.done);
});

test("a call is settled once, though the answers to two of its attempts come", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  const warm = put(core);
  cluster.time.advanceUntil(() => warm.done);
  const leader = cluster.member("n1");
  let lateId = 0;
  leader.intercept = (request) => {
    if (request.kind === "status" || lateId > 0) return undefined;
    lateId = request.requestId;
    return null;
  };
  const outcome = get(core, "absent");
  core.status(() => {});
  cluster.time.advanceUntil(() => outcome.done);
  for (const connection of leader.connections) {
    connection.reply({ kind: "get", requestId: lateId, value: "late", index: 1, behindMs: null });
  }
  cluster.time.advance(100);
  t.deepEqual([outcome.value, outcome.count], [null, 1]);
});

test("a request that is lost among others that are answered is repeated in the end", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core({ timeoutMs: 20_000 });
  const leader = cluster.member("n1");
  leader.intercept = (request) => {
    if (request.kind !== "get") return undefined;
    leader.intercept = () => undefined;
    return null;
  };
  const lost = get(core);
  for (let round = 0; round < 59; round++) {
    put(core);
    cluster.time.advance(100);
    t.false(lost.done);
  }
  for (let round = 0; round < 5; round++) {
    put(core);
    cluster.time.advance(100);
  }
  t.true(lost.done);
});

test("hints that lead in a circle are followed a few times, then everybody is asked, at a calm pace", (t) => {
  const cluster = new FakeCluster(2);
  const core = cluster.core();
  const warm = put(core);
  cluster.time.advanceUntil(() => warm.done);
  cluster.member("n1").leader = "n2";
  cluster.member("n2").leader = "n1";
  const outcome = put(core);
  cluster.time.advance(1000);
  const asked = cluster.members.flatMap(({ commands }) => writes(commands)).length;
  t.true(asked >= 10 && asked <= 150, `${asked} attempts`);
  t.false(outcome.done);
  cluster.elect("n2");
  t.true(cluster.time.advanceUntil(() => outcome.done) <= 120);
  t.is(outcome.value, true);
});

test("a hint to a member that cannot be reached is given up for what others say", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  const warm = put(core);
  cluster.time.advanceUntil(() => warm.done);
  cluster.member("n2").mode = "refuse";
  cluster.member("n2").breakConnections();
  cluster.elect("n2");
  const outcome = put(core);
  cluster.time.advance(400);
  t.false(outcome.done);
  cluster.elect("n3");
  t.true(cluster.time.advanceUntil(() => outcome.done) <= 200);
  t.is(outcome.value, true);
});

test("of two members that claim to lead the one of the higher term is believed", (t) => {
  const cluster = new FakeCluster();
  cluster.member("n1").leader = "n1";
  for (const id of ["n2", "n3"]) {
    cluster.member(id).leader = "n3";
    cluster.member(id).term = 8;
  }
  cluster.member("n1").intercept = (request) => (request.kind === "status" ? undefined : null);
  const core = cluster.core();
  const outcome = put(core);
  const tookMs = cluster.time.advanceUntil(() => outcome.done);
  t.is(outcome.value, true);
  t.true(tookMs < 1700, `${tookMs} ms`);
});

test("PITFALLS 35: a session that expired while nothing was uncertain is replaced without a word", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  const warm = put(core);
  cluster.time.advanceUntil(() => warm.done);
  const [before] = [...cluster.sessions.keys()];
  cluster.sessions.clear();
  const outcomes = Array.from({ length: 10 }, (_, at) => append(core, `<${at}>`));
  cluster.time.advanceUntil(() => outcomes.every(({ done }) => done));
  t.true(outcomes.every(({ value }) => value === true));
  t.is((cluster.store.get("log") ?? "").length, 30);
  t.is(cluster.sessions.size, 1);
  t.not([...cluster.sessions.keys()][0], before);
});

test("PITFALLS 35: a session that expired over an uncertain attempt is an unknown outcome, never a second run", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  const warm = put(core);
  cluster.time.advanceUntil(() => warm.done);
  const leader = cluster.member("n1");
  leader.intercept = (request) => {
    if (request.kind === "status") return undefined;
    leader.intercept = () => undefined;
    cluster.serve(request);
    cluster.sessions.clear();
    leader.breakConnections();
    return null;
  };
  const uncertain = append(core, "x");
  cluster.time.advanceUntil(() => uncertain.done);
  t.is(failure(uncertain).code, "session-expired");
  t.true(failure(uncertain).outcomeUnknown);
  t.is(cluster.store.get("log"), "x");
  const next = append(core, "y");
  cluster.time.advanceUntil(() => next.done);
  t.is(next.value, true);
  t.is(cluster.store.get("log"), "xy");
});

test("an operation that never settles holds the window at 512: no session is ever full", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core({ timeoutMs: 1000 });
  const leader = cluster.member("n1");
  leader.intercept = (request) => {
    const isFirst =
      request.kind === "command" && request.command.kind === "session" && request.command.sequence === 1;
    return isFirst ? null : undefined;
  };
  const stuck = append(core, "never");
  const outcomes = Array.from({ length: 2000 }, (_, at) => append(core, `<${at}>`));
  cluster.time.advance(900);
  t.is(outcomes.filter(({ done }) => done).length, 511);
  for (const { sequence, acknowledgedBelow } of writes(leader.commands)) {
    t.true(sequence - acknowledgedBelow < 512);
  }
  leader.intercept = () => undefined;
  cluster.time.advance(200);
  t.true(stuck.done);
  t.true(outcomes.every(({ done }) => done));
});

test("what waits in the queue when the time is up fails as definitely not done", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core({ timeoutMs: 400 });
  const warm = put(core);
  cluster.time.advanceUntil(() => warm.done);
  cluster.member("n1").intercept = () => null;
  const outcomes = Array.from({ length: 600 }, () => put(core));
  cluster.time.advance(450);
  t.true(outcomes.every(({ done }) => done));
  t.is(outcomes.filter((outcome) => failure(outcome).outcomeUnknown).length, 512);
});

test("of what was in flight when a member refused a frame as too large only the largest fails", (t) => {
  const cluster = new FakeCluster(1);
  const core = cluster.core();
  const warm = put(core);
  cluster.time.advanceUntil(() => warm.done);
  const member = cluster.member("n1");
  member.intercept = (request) => {
    if (request.kind !== "command" || request.command.kind !== "session") return undefined;
    if (request.bytes.length < 1000) return undefined;
    const message = "a frame of 2000 bytes, where 1000 are allowed";
    const [connection] = member.connections;
    connection?.reply({
      kind: "error",
      requestId: 0,
      code: "too-large",
      message,
      leaderId: "",
      leaderAddress: "",
    });
    return null;
  };
  const small = [put(core, "a"), put(core, "b")];
  const large = put(core, "large", "x".repeat(2000));
  const after = put(core, "c");
  cluster.time.advanceUntil(() => [...small, large, after].every(({ done }) => done));
  t.deepEqual(
    [...small, after].map(({ value }) => value),
    [true, true, true],
  );
  t.is(failure(large).code, "value-too-large");
  t.false(failure(large).outcomeUnknown);
});

for (const [hello, text] of [
  [{ role: "peer" }, "is the peer port of n1; its clients go to n1:1"],
  [{ protocolVersion: 9 }, "speaks protocol version 9, not 1"],
] as const) {
  test(`what is no client port is named in the error: ${text}`, (t) => {
    const cluster = new FakeCluster(1);
    cluster.member("n1").hello = hello;
    const outcome = get(cluster.core({ timeoutMs: 500 }));
    cluster.time.advance(500);
    t.true(failure(outcome).message.includes(text), failure(outcome).message);
  });
}

test("a member of another cluster than the first that greeted is never sent anything", (t) => {
  const cluster = new FakeCluster(2);
  const stranger = cluster.member("n2");
  stranger.hello = { clusterId: new Uint8Array(8) };
  const core = cluster.core({ timeoutMs: 1000 });
  const first = put(core);
  cluster.time.advanceUntil(() => first.done);
  stranger.leader = "n2";
  stranger.term = 9;
  cluster.member("n1").die();
  const outcome = put(core);
  cluster.time.advance(1000);
  t.is(failure(outcome).code, "unreachable");
  t.true(failure(outcome).message.includes("belongs to another cluster"));
  t.is(stranger.requests.length, 0);
});

test("a member that sends garbage is like one that cannot be reached", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  const warm = put(core);
  cluster.time.advanceUntil(() => warm.done);
  const outcome = put(core);
  for (const connection of cluster.member("n1").connections) {
    connection.deliver(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"));
  }
  t.true(cluster.time.advanceUntil(() => outcome.done) < 300);
  t.is(outcome.value, true);
});

test("close ends the session when nothing is under way, and fails what is", (t) => {
  const cluster = new FakeCluster();
  const idle = cluster.core();
  const warm = put(idle);
  cluster.time.advanceUntil(() => warm.done);
  idle.close();
  t.is(failure(put(idle)).code, "closed");

  const busy = cluster.core();
  const first = put(busy);
  cluster.time.advanceUntil(() => first.done);
  const sent = put(busy);
  const read = get(busy);
  busy.close();
  t.deepEqual([failure(sent).code, failure(sent).outcomeUnknown], ["closed", true]);
  t.deepEqual([failure(read).code, failure(read).outcomeUnknown], ["closed", false]);
  cluster.time.advance(100);
  t.true(cluster.time.idle);
});

test("callbacks may start further operations", (t) => {
  const cluster = new FakeCluster();
  const core = cluster.core();
  let rounds = 0;
  const again = (outcome: boolean | ClerkError): void => {
    if (outcome === true && ++rounds < 1000) core.write({ kind: "append", key: "log", value: "." }, again);
  };
  again(true);
  cluster.time.advanceUntil(() => rounds === 1000);
  t.is(cluster.store.get("log"), ".".repeat(999));
});
