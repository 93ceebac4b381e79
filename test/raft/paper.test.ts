/**
 * Every rule of figures 2 and 13 of the paper, one test each, by section. How members act together is
 * shown by the scenarios; this file plays the peers of a single one.
 */
import test from "ava";
import type { RawNode, Role } from "../../src/raft/raw-node.js";
import { bytesOf } from "./cluster.js";
import {
  acknowledge,
  ELECTION_TIMEOUT_TICKS,
  elect,
  electAndCommit,
  logOf,
  makeMessage,
  makeNode,
  proposeText,
  settle,
  snapshotAt,
  stepAndSettle,
  tickUntil,
} from "./single-node.js";

// All servers

test("§5.3 all servers: what is committed is applied in order, once", (t) => {
  const node = makeNode();
  const entries = logOf([1, 1, 1]);
  const first = stepAndSettle(node, makeMessage("appendEntries", { entries, leaderCommit: 2 }));
  t.deepEqual(first.committed, entries.slice(0, 2));
  t.is(node.lastApplied, 2);
  const second = stepAndSettle(
    node,
    makeMessage("appendEntries", { prevLogIndex: 3, prevLogTerm: 1, leaderCommit: 3 }),
  );
  t.deepEqual(second.committed, entries.slice(2));
});

const makers: Readonly<Record<Role, () => RawNode>> = {
  follower: () => makeNode({ hardState: { currentTerm: 1 } }),
  "pre-candidate": () => {
    const node = makeNode({ hardState: { currentTerm: 1 } });
    tickUntil(node, () => node.role === "pre-candidate");
    return node;
  },
  candidate: () => {
    const node = makeNode();
    node.step(makeMessage("timeoutNow"));
    return node;
  },
  leader: () => {
    const node = makeNode();
    elect(node);
    return node;
  },
};

for (const role of ["follower", "pre-candidate", "candidate", "leader"] as const) {
  const make = makers[role];

  test(`§5.1 all servers: a ${role} that hears of a later term adopts it and follows`, (t) => {
    for (const type of ["appendEntries", "heartbeat", "appendEntriesReply", "requestVoteReply"] as const) {
      const node = make();
      t.is(node.role, role);
      node.step(makeMessage(type, { term: 9 }));
      t.is(node.role, "follower", type);
      t.is(node.currentTerm, 9, type);
    }
  });

  test(`§5.1 all servers: a ${role} ignores replies of an earlier term (PITFALLS 5)`, (t) => {
    const node = make();
    settle(node);
    const { lastIndex, commitIndex, currentTerm } = node;
    for (const type of [
      "appendEntriesReply",
      "heartbeatReply",
      "requestVoteReply",
      "installSnapshotReply",
    ] as const) {
      if (currentTerm > 1) node.step(makeMessage(type, { term: currentTerm - 1 }));
      node.step(makeMessage(type, { term: 1, from: "b" }));
    }
    t.is(node.currentTerm, currentTerm);
    t.deepEqual([node.lastIndex, node.commitIndex], [lastIndex, commitIndex]);
  });
}

// RequestVote RPC

test("§5.1 RequestVote 1: a candidate of an earlier term is refused, and told of ours", (t) => {
  const node = makeNode({ hardState: { currentTerm: 5 } });
  const reply = stepAndSettle(node, makeMessage("requestVote", { term: 4 })).only("requestVoteReply");
  t.false(reply.granted);
  t.is(reply.term, 5);
});

test("§5.2 RequestVote 2: one vote a term, first come first served, and the same one again", (t) => {
  const node = makeNode();
  t.true(stepAndSettle(node, makeMessage("requestVote", { from: "b" })).only("requestVoteReply").granted);
  t.false(stepAndSettle(node, makeMessage("requestVote", { from: "c" })).only("requestVoteReply").granted);
  t.true(stepAndSettle(node, makeMessage("requestVote", { from: "b" })).only("requestVoteReply").granted);
  t.true(
    stepAndSettle(node, makeMessage("requestVote", { from: "c", term: 2 })).only("requestVoteReply").granted,
  );
});

test("§5.2 RequestVote 2: the vote is remembered over a restart", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1, votedFor: "b" } });
  t.false(stepAndSettle(node, makeMessage("requestVote", { from: "c" })).only("requestVoteReply").granted);
  t.true(stepAndSettle(node, makeMessage("requestVote", { from: "b" })).only("requestVoteReply").granted);
});

test("§5.4.1 RequestVote 2: only a candidate whose log is at least as up to date gets the vote (PITFALLS 4)", (t) => {
  const cases = [
    { lastLogTerm: 2, lastLogIndex: 3, granted: true },
    { lastLogTerm: 2, lastLogIndex: 4, granted: true },
    { lastLogTerm: 2, lastLogIndex: 2, granted: false },
    { lastLogTerm: 3, lastLogIndex: 1, granted: true },
    { lastLogTerm: 1, lastLogIndex: 9, granted: false },
    { lastLogTerm: 0, lastLogIndex: 0, granted: false },
  ];
  for (const { granted, ...last } of cases) {
    for (const type of ["requestVote", "preVote"] as const) {
      const node = makeNode({ entries: logOf([1, 2, 2]) });
      const outcome = stepAndSettle(node, makeMessage(type, { term: 3, ...last }));
      t.is(outcome.only(`${type}Reply`).granted, granted, `${type} ${JSON.stringify(last)}`);
    }
  }
});

test("§5.2 RequestVote: a vote leaves only with the write that makes it durable (PITFALLS 1)", (t) => {
  const node = makeNode();
  node.step(makeMessage("requestVote"));
  const { messages, persist } = node.ready();
  t.deepEqual(messages, []);
  t.deepEqual(persist?.hardState, { currentTerm: 1, votedFor: "b", commitIndex: 0 });
  t.deepEqual(
    persist?.messages.map((message) => message.type),
    ["requestVoteReply"],
  );
});

// AppendEntries RPC

test("§5.1 AppendEntries 1: a leader of an earlier term is refused, and told of ours", (t) => {
  const node = makeNode({ hardState: { currentTerm: 5 } });
  const reply = stepAndSettle(node, makeMessage("appendEntries", { term: 4, entries: logOf([1]) }));
  t.like(reply.only("appendEntriesReply"), { accepted: false, term: 5 });
  t.is(node.lastIndex, 0);
});

test("§5.3 AppendEntries 2: refused when the entry at prevLogIndex is missing or of another term", (t) => {
  const cases = [
    { prevLogIndex: 4, prevLogTerm: 2, conflictTerm: 0, conflictIndex: 4 },
    { prevLogIndex: 9, prevLogTerm: 2, conflictTerm: 0, conflictIndex: 4 },
    { prevLogIndex: 3, prevLogTerm: 3, conflictTerm: 2, conflictIndex: 2 },
    { prevLogIndex: 2, prevLogTerm: 1, conflictTerm: 2, conflictIndex: 2 },
    { prevLogIndex: 1, prevLogTerm: 2, conflictTerm: 1, conflictIndex: 1 },
  ];
  for (const { conflictTerm, conflictIndex, ...prev } of cases) {
    const node = makeNode({ entries: logOf([1, 2, 2]) });
    const reply = stepAndSettle(node, makeMessage("appendEntries", { term: 3, ...prev, leaderCommit: 9 }));
    t.like(reply.only("appendEntriesReply"), {
      accepted: false,
      conflictTerm,
      conflictIndex,
      prevLogIndex: prev.prevLogIndex,
    });
    t.is(node.lastIndex, 3);
    t.is(node.commitIndex, 0);
  }
});

test("§5.3 AppendEntries 3: an entry that conflicts goes, with all that follow it", (t) => {
  const node = makeNode({ entries: logOf([1, 1, 1, 1]) });
  const entries = logOf([1, 2], 2);
  const outcome = stepAndSettle(
    node,
    makeMessage("appendEntries", { term: 2, prevLogIndex: 1, prevLogTerm: 1, entries }),
  );
  t.is(node.lastIndex, 3);
  t.deepEqual(outcome.persists[0]?.entries, entries.slice(1));
  t.like(outcome.only("appendEntriesReply"), { accepted: true, matchIndex: 3 });
});

test("§5.3 AppendEntries 3: PITFALLS 9: a delayed, shorter message truncates nothing", (t) => {
  const node = makeNode();
  stepAndSettle(node, makeMessage("appendEntries", { entries: logOf([1, 1, 1]) }));
  for (const entries of [[], logOf([1]), logOf([1, 1])]) {
    const outcome = stepAndSettle(node, makeMessage("appendEntries", { entries }));
    t.like(outcome.only("appendEntriesReply"), { accepted: true, matchIndex: entries.length });
    t.is(node.lastIndex, 3);
    t.is(node.durableIndex, 3);
  }
});

test("§5.3 AppendEntries 4: entries not in the log yet are appended", (t) => {
  const node = makeNode({ entries: logOf([1, 1]) });
  const entries = logOf([1, 1, 1], 2);
  const outcome = stepAndSettle(
    node,
    makeMessage("appendEntries", { prevLogIndex: 1, prevLogTerm: 1, entries }),
  );
  t.deepEqual(outcome.persists[0]?.entries, entries.slice(1));
  t.is(node.lastIndex, 4);
});

test("§5.3 AppendEntries 5: PITFALLS 11: commitIndex is min(leaderCommit, index of the last new entry)", (t) => {
  const node = makeNode({ entries: logOf([1, 1, 1, 1]) });
  const message = { term: 2, prevLogIndex: 1, prevLogTerm: 1, entries: logOf([1], 2), leaderCommit: 4 };
  stepAndSettle(node, makeMessage("appendEntries", message));
  t.is(node.commitIndex, 2, "what follows the message may conflict with the leader's log");
  stepAndSettle(node, makeMessage("appendEntries", { ...message, leaderCommit: 1 }));
  t.is(node.commitIndex, 2, "and it never falls");
});

test("§5.3 AppendEntries: PITFALLS 13: an acknowledgement leaves only with the write that covers it", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 } });
  node.step(makeMessage("appendEntries", { entries: logOf([1]) }));
  const first = node.ready();
  t.deepEqual(first.messages, []);
  t.is(first.persist?.messages.length, 1);
  node.step(makeMessage("appendEntries", { prevLogIndex: 1, prevLogTerm: 1, entries: logOf([1], 2) }));
  t.false(node.hasReady(), "the write of the first is under way, and the second waits for its own");
  node.advance();
  const second = node.ready();
  t.deepEqual(second.messages, []);
  t.like(second.persist?.messages[0], { type: "appendEntriesReply", accepted: true, matchIndex: 2 });
});

test("§5.3 AppendEntries: PITFALLS 2: the vote of the term stays", (t) => {
  const node = makeNode();
  stepAndSettle(node, makeMessage("requestVote", { from: "b" }));
  stepAndSettle(node, makeMessage("appendEntries", { from: "c" }));
  t.false(stepAndSettle(node, makeMessage("requestVote", { from: "c" })).only("requestVoteReply").granted);
  t.true(stepAndSettle(node, makeMessage("requestVote", { from: "b" })).only("requestVoteReply").granted);
});

// Followers

test("§5.2 followers: the election timeout passes without a leader or a vote: stand", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 } });
  for (let tick = 0; tick < 5 * ELECTION_TIMEOUT_TICKS; tick++) {
    node.tick();
    if (tick % 9 === 0) node.step(makeMessage("heartbeat"));
    t.is(node.role, "follower");
  }
  const ticks = tickUntil(node, () => node.role !== "follower");
  t.true(ticks <= 2 * ELECTION_TIMEOUT_TICKS);
});

test("§5.2 followers: a vote given resets the timer, a vote refused does not", (t) => {
  const ticksAfter = (candidate: Parameters<typeof makeMessage<"requestVote">>[1]): number => {
    const node = makeNode({ entries: logOf([1]), seed: 3 });
    for (let tick = 0; tick < 9; tick++) node.tick();
    stepAndSettle(node, makeMessage("requestVote", { term: 2, ...candidate }));
    return tickUntil(node, () => node.role !== "follower");
  };
  t.true(ticksAfter({ lastLogIndex: 1, lastLogTerm: 1 }) >= ELECTION_TIMEOUT_TICKS);
  t.true(ticksAfter({ lastLogIndex: 0, lastLogTerm: 0 }) <= ELECTION_TIMEOUT_TICKS);
});

test("§5.2 followers: timeouts are drawn from [t, 2t), anew for each attempt", (t) => {
  const node = makeNode();
  const seen = new Set<number>();
  for (let attempt = 0; attempt < 200; attempt++) {
    let ticks = 0;
    for (let sent = 0; sent === 0; ticks++) {
      node.tick();
      sent = settle(node).sent("preVote").length;
    }
    seen.add(ticks);
  }
  const sorted = [...seen].sort((x, y) => x - y);
  t.deepEqual(
    sorted,
    Array.from({ length: ELECTION_TIMEOUT_TICKS }, (_, at) => ELECTION_TIMEOUT_TICKS + at),
  );
});

// Candidates

test("§5.2 candidates: increment the term, vote for oneself, reset the timer, ask everybody", (t) => {
  const node = makeNode({ entries: logOf([1, 2]), hardState: { currentTerm: 2 } });
  tickUntil(node, () => node.role === "pre-candidate");
  settle(node);
  const outcome = stepAndSettle(node, makeMessage("preVoteReply", { term: 3 }));
  t.is(node.role, "candidate");
  t.deepEqual(outcome.persists[0]?.hardState, { currentTerm: 3, votedFor: "a", commitIndex: 0 });
  t.deepEqual(
    outcome
      .sent("requestVote")
      .map(({ to, term, lastLogIndex, lastLogTerm }) => [to, term, lastLogIndex, lastLogTerm]),
    [
      ["b", 3, 2, 2],
      ["c", 3, 2, 2],
    ],
  );
  t.true(tickUntil(node, () => node.role === "pre-candidate") >= ELECTION_TIMEOUT_TICKS);
});

test("§5.2 candidates: a majority of the whole cluster is needed, and is enough", (t) => {
  const sizes = { 2: 1, 3: 1, 4: 2, 5: 2, 6: 3, 7: 3 };
  for (const [size, needed] of Object.entries(sizes)) {
    const ids = ["a", "b", "c", "d", "e", "f", "g"].slice(0, Number(size));
    const node = makeNode({ ids });
    node.step(makeMessage("timeoutNow"));
    settle(node);
    const { currentTerm: term } = node;
    for (let votes = 1; votes < needed; votes++) {
      node.step(makeMessage("requestVoteReply", { from: ids[votes] ?? "", term }));
      node.step(makeMessage("requestVoteReply", { from: ids[votes] ?? "", term }));
      t.is(node.role, "candidate", `${votes} votes of others among ${size}`);
    }
    node.step(makeMessage("requestVoteReply", { from: ids[needed] ?? "", term }));
    t.is(node.role, "leader", `${needed} votes of others among ${size}`);
  }
});

test("§5.2 candidates: one's own vote counts only when it is durable (PITFALLS 1)", (t) => {
  const node = makeNode({ ids: ["a"], snapshot: snapshotAt(3, 1, ["a"]) });
  // A write of something else is under way when the candidacy begins.
  t.not(node.ready().persist, null);
  node.tick();
  t.is(node.role, "candidate");
  node.advance();
  t.is(node.role, "candidate", "that write does not hold the vote");
  t.is(node.ready().persist?.hardState?.votedFor, "a");
  node.advance();
  t.is(node.role, "leader");
});

test("§5.2 candidates: refused by a majority, it goes back to following and waits", (t) => {
  const node = makeNode();
  node.step(makeMessage("timeoutNow"));
  settle(node);
  node.step(makeMessage("requestVoteReply", { from: "b", granted: false }));
  t.is(node.role, "candidate");
  node.step(makeMessage("requestVoteReply", { from: "c", granted: false }));
  t.is(node.role, "candidate", "a reply of an earlier term counts for nothing");
  const { currentTerm: term } = node;
  node.step(makeMessage("requestVoteReply", { from: "b", term, granted: false }));
  node.step(makeMessage("requestVoteReply", { from: "c", term, granted: false }));
  t.is(node.role, "follower");
  t.is(node.currentTerm, term);
});

test("§5.2 candidates: the new leader of the term is followed (PITFALLS 21)", (t) => {
  for (const type of ["appendEntries", "heartbeat", "installSnapshot"] as const) {
    for (const role of ["candidate", "pre-candidate"] as const) {
      const node = makers[role]();
      node.step(makeMessage(type, { from: "c", term: node.currentTerm }));
      t.is(node.role, "follower", type);
      t.is(node.leaderId, "c", type);
    }
  }
});

test("§5.2 candidates: the election timeout passes: stand again", (t) => {
  const node = makeNode();
  node.step(makeMessage("timeoutNow"));
  settle(node);
  const { currentTerm: term } = node;
  tickUntil(node, () => node.role === "pre-candidate");
  settle(node);
  node.step(makeMessage("preVoteReply", { term: term + 1 }));
  t.is(node.role, "candidate");
  t.is(node.currentTerm, term + 1);
});

// Leaders

test("§5.2 leaders: heartbeats go out at once and every heartbeat interval", (t) => {
  const node = makeNode();
  const first = elect(node);
  t.deepEqual(
    first.sent("appendEntries").map((message) => message.to),
    ["b", "c"],
  );
  for (let beat = 0; beat < 3; beat++) {
    node.tick();
    t.deepEqual(settle(node).sent("heartbeat"), []);
    node.tick();
    t.deepEqual(
      settle(node)
        .sent("heartbeat")
        .map((message) => message.to),
      ["b", "c"],
    );
  }
});

test("§5.3 leaders: a command is appended, sent at once, and applied when a majority has it", (t) => {
  const node = makeNode();
  electAndCommit(node);
  t.deepEqual(node.propose(bytesOf("x")), { kind: "proposed", index: 2, term: 1 });
  const sent = settle(node);
  t.deepEqual(
    sent.sent("appendEntries").map(({ to, prevLogIndex, entries }) => [to, prevLogIndex, entries.length]),
    [
      ["b", 1, 1],
      ["c", 1, 1],
    ],
  );
  t.deepEqual(sent.committed, []);
  acknowledge(node, "c");
  t.deepEqual(
    settle(node).committed.map((entry) => entry.index),
    [2],
  );
});

test("§5.3 leaders: whatever a follower lacks from nextIndex on is sent", (t) => {
  const node = makeNode({ entries: logOf([1, 1, 1]) });
  elect(node);
  const rejected = { from: "b", term: 2, accepted: false, prevLogIndex: 3, conflictIndex: 2 } as const;
  const { prevLogIndex, entries } = stepAndSettle(node, makeMessage("appendEntriesReply", rejected)).only(
    "appendEntries",
  );
  t.is(prevLogIndex, 1);
  t.deepEqual(
    entries.map((entry) => entry.index),
    [2, 3, 4],
  );
});

test("§5.3 leaders: success moves nextIndex and matchIndex up, never down (PITFALLS 12)", (t) => {
  const node = makeNode();
  electAndCommit(node);
  for (const text of ["x", "y", "z"]) proposeText(node, text);
  settle(node);
  acknowledge(node, "b", 3);
  t.like(node.progress()[0], { id: "b", matchIndex: 3, nextIndex: 5 });
  acknowledge(node, "b", 2);
  t.like(node.progress()[0], { matchIndex: 3, nextIndex: 5 });
  acknowledge(node, "b", 99);
  t.like(node.progress()[0], { matchIndex: 3 }, "more than was ever sent is nonsense");
  const stale = { term: 1, accepted: false, prevLogIndex: 2, conflictIndex: 1 } as const;
  node.step(makeMessage("appendEntriesReply", stale));
  t.like(node.progress()[0], { matchIndex: 3, nextIndex: 5, state: "replicate" }, "a stale rejection");
});

test("§5.3 leaders: failure moves nextIndex down, by terms, and tries again", (t) => {
  const cases = [
    // The follower's log ends early.
    { conflictTerm: 0, conflictIndex: 3, next: 3 },
    // We have entries of its term: what follows our last one.
    { conflictTerm: 2, conflictIndex: 4, next: 6 },
    { conflictTerm: 2, conflictIndex: 7, next: 7 },
    // We have none: where its term begins.
    { conflictTerm: 3, conflictIndex: 4, next: 4 },
    // Nonsense does not lead below 1 or up again.
    { conflictTerm: 0, conflictIndex: 0, next: 1 },
    { conflictTerm: 0, conflictIndex: 99, next: 8 },
  ];
  for (const { next, ...conflict } of cases) {
    const node = makeNode({ entries: logOf([1, 1, 2, 2, 2, 4, 4, 4]) });
    elect(node);
    node.step(makeMessage("appendEntriesReply", { term: 5, accepted: false, prevLogIndex: 8, ...conflict }));
    t.like(node.progress()[0], { nextIndex: next, state: "probe" }, JSON.stringify(conflict));
  }
});

test("§5.4.2 leaders: PITFALLS 3: only an entry of the own term is committed by counting", (t) => {
  const node = makeNode({ entries: logOf([1, 2]) });
  elect(node);
  t.is(node.lastIndex, 3);
  acknowledge(node, "b", 2);
  acknowledge(node, "c", 2);
  t.is(node.commitIndex, 0, "all three have 2@2");
  acknowledge(node, "b", 3);
  t.is(node.commitIndex, 3, "and it is committed with what follows it");
});

test("§5.3 leaders: commitIndex moves to what a majority has, the leader's own disk counted like any other", (t) => {
  const node = makeNode({ ids: ["a", "b", "c", "d", "e"] });
  electAndCommit(node);
  for (const text of ["x", "y", "z"]) proposeText(node, text);
  t.is(node.ready().persist?.entries.length, 3);
  acknowledge(node, "b", 4);
  acknowledge(node, "c", 3);
  t.is(node.commitIndex, 1, "the own write is still under way");
  acknowledge(node, "d", 2);
  t.is(node.commitIndex, 2, "three followers are a majority without it");
  node.advance();
  t.is(node.commitIndex, 3);
});

// §8, §6

test("§8 leaders: a leader begins its term with a no-op", (t) => {
  const node = makeNode({ entries: logOf([1, 1]) });
  const { entries } = elect(node).sent("appendEntries")[0] ?? { entries: [] };
  t.deepEqual(entries, [{ kind: "noop", index: 3, term: 2 }]);
});

test("§6: a configuration is in force from the moment it is appended, and not when it is truncated", (t) => {
  const node = makeNode();
  const voters = snapshotAt(0, 0, ["a", "b", "c", "d"]).configuration;
  const entry = { kind: "configuration", index: 1, term: 1, configuration: voters } as const;
  node.step(makeMessage("appendEntries", { entries: [entry, ...logOf([1], 2)] }));
  t.deepEqual(node.configuration, voters);
  t.is(node.configurationAt(0).voters.length, 3);
  t.is(node.configurationAt(2).voters.length, 4);
  node.step(makeMessage("appendEntries", { term: 2, entries: logOf([2]) }));
  t.is(node.configuration.voters.length, 3);
});

// Figure 13: InstallSnapshot RPC

test("§7 InstallSnapshot 1: a leader of an earlier term is refused, and told of ours", (t) => {
  const node = makeNode({ hardState: { currentTerm: 5 } });
  const outcome = stepAndSettle(node, makeMessage("installSnapshot", { term: 4 }));
  t.like(outcome.only("installSnapshotReply"), { term: 5, installed: false });
});

test("§7 InstallSnapshot 2–4: chunks are handed on in order, and the next offset is asked for", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 } });
  const chunk = (offset: number) =>
    makeMessage("installSnapshot", { lastIncludedIndex: 7, offset, done: false });
  node.step(chunk(0));
  t.is(node.ready().chunks.length, 1);
  node.chunkWritten({ from: "b", lastIncludedIndex: 7, offset: 8 });
  t.like(settle(node).only("installSnapshotReply"), { lastIncludedIndex: 7, offset: 8, installed: false });
  // Out of place: not handed on.
  const lost = stepAndSettle(node, chunk(16));
  t.like(lost.only("installSnapshotReply"), { offset: 8, installed: false });
  node.step(chunk(8));
  t.is(node.ready().chunks[0]?.offset, 8);
});

test("§7 InstallSnapshot 6: PITFALLS 19: entries after one that equals the snapshot's last are kept", (t) => {
  const node = makeNode({ entries: logOf([1, 1, 1, 1]) });
  t.true(node.restore("b", snapshotAt(2, 1)));
  t.deepEqual([node.firstIndex, node.lastIndex, node.commitIndex, node.lastApplied], [3, 4, 2, 2]);
  const outcome = settle(node);
  t.deepEqual(outcome.persists[0]?.snapshot, snapshotAt(2, 1));
  t.deepEqual(outcome.persists[0]?.entries, []);
  t.deepEqual(outcome.committed, [], "what the snapshot covers is not handed out");
  t.like(outcome.only("installSnapshotReply"), { installed: true, lastIncludedIndex: 2 });
});

test("§7 InstallSnapshot 7: otherwise the whole log goes", (t) => {
  for (const snapshot of [snapshotAt(2, 2), snapshotAt(9, 2)]) {
    const node = makeNode({ entries: logOf([1, 1, 1, 1]), hardState: { currentTerm: 2 } });
    t.true(node.restore("b", snapshot));
    t.is(node.firstIndex, snapshot.lastIncludedIndex + 1);
    t.is(node.lastIndex, snapshot.lastIncludedIndex);
  }
});

test("§7 InstallSnapshot 8: the snapshot's configuration is taken on", (t) => {
  const node = makeNode();
  t.true(node.restore("b", snapshotAt(5, 1, ["a", "b"])));
  t.deepEqual(
    node.configuration.voters.map((voter) => voter.id),
    ["a", "b"],
  );
});

test("§7 InstallSnapshot: the reply leaves with the write that founds the log on the snapshot", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 } });
  node.restore("b", snapshotAt(5, 1));
  const { messages, persist } = node.ready();
  t.deepEqual(messages, []);
  t.deepEqual(persist?.snapshot, snapshotAt(5, 1));
  t.like(persist?.messages[0], { type: "installSnapshotReply", installed: true });
});

test("§7 InstallSnapshot: PITFALLS 18: one that is older than what is committed is answered at once", (t) => {
  const node = makeNode({ entries: logOf([1, 1, 1]), hardState: { commitIndex: 3 } });
  settle(node);
  for (const lastIncludedIndex of [1, 3]) {
    const outcome = stepAndSettle(node, makeMessage("installSnapshot", { lastIncludedIndex }));
    t.like(outcome.only("installSnapshotReply"), { installed: true, lastIncludedIndex });
    t.false(node.restore("b", snapshotAt(lastIncludedIndex, 1)));
    t.like(settle(node).only("installSnapshotReply"), { installed: true, lastIncludedIndex });
    t.deepEqual([node.firstIndex, node.lastIndex, node.commitIndex], [1, 3, 3]);
  }
});

test("§7 InstallSnapshot: a chunk resets the election timer", (t) => {
  const node = makeNode({ hardState: { currentTerm: 1 } });
  for (let tick = 0; tick < 5 * ELECTION_TIMEOUT_TICKS; tick++) {
    node.tick();
    if (tick % 9 === 0) node.step(makeMessage("installSnapshot", { done: false }));
    t.is(node.role, "follower");
  }
});
