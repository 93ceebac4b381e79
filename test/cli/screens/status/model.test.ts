import test from "ava";
import type { Observation } from "../../../../src/clerk/observer.js";
import { viewOf } from "../../../../src/cli/screens/status/model/cluster-view.js";
import { lastElections } from "../../../../src/cli/screens/status/model/elections.js";
import { type Hearing, oneWayCuts, whoHearsWhom } from "../../../../src/cli/screens/status/model/hearing.js";
import { quorumWords } from "../../../../src/cli/screens/status/model/quorum.js";
import type { PeerStats } from "../../../../src/wire/member-stats.js";
import {
  allWell,
  down,
  NOW_MS,
  observation,
  peerOf,
  progress,
  statsOf,
  statusOf,
} from "../../observations.js";

const [n1, n2, n3] = allWell() as [Observation, Observation, Observation];

function unheard(id: string, ids: readonly string[]): Observation {
  const peers = statsOf(id).peers.map((peer) => (ids.includes(peer.id) ? { ...peer, heardMs: 9000 } : peer));
  return observation(id, { stats: statsOf(id, { peers }) });
}

function words(members: readonly Observation[]): string {
  return quorumWords(viewOf(members, NOW_MS)).text;
}

test("the quorum's margin, in words", (t) => {
  t.is(words([n1, n2, n3]), "3 of 3 up, 1 may fail");
  t.is(words([unheard("n1", ["n3"]), unheard("n2", ["n3"]), down("n3")]), "2 of 3 up, no more may fail");
  t.is(words([n1]), "1 of 1 up, none may fail");
  t.is(words([n1, n2]), "2 of 2 up, none may fail");
  t.is(
    words([unheard("n1", ["n2", "n3"]), down("n2"), down("n3")]),
    "1 of 3 up: no quorum, nothing can be written",
  );
  t.is(words([down("n1", { id: "", stats: null })]), "nobody answers");
  t.is(words([down("n1"), down("n2"), down("n3")]), "nobody answers", "the fault may be between us and them");
  t.is(words([observation("", { stats: null, answeredMs: null })]), "asking");
  const asked = ["n2", "n3"].map((id) => observation(id, { stats: null, answeredMs: null }));
  t.is(words([unheard("n1", ["n2", "n3"]), ...asked]), "asking", "they may still answer");
  t.is(words([n1, ...asked]), "3 of 3 up, 1 may fail", "somebody hears them");
});

test("a majority that has not elected anybody is told apart from none", (t) => {
  const leaderless = ["n2", "n3"].map((id) =>
    observation(id, {
      stats: statsOf(id, { status: statusOf(id, { leader: "", role: "candidate" }), peers: [] }),
    }),
  );
  t.is(words([down("n1"), ...leaderless]), "2 of 3 up, but nobody leads: nothing can be written");
});

test("whoever does not answer us and is heard by others is up, and not called down", (t) => {
  const { members, up } = viewOf([n1, down("n2"), n3], NOW_MS);
  t.is(members[1]?.state, "silent");
  t.is(up, 3);
  const cut = viewOf([unheard("n1", ["n2"]), down("n2"), unheard("n3", ["n2"])], NOW_MS);
  t.is(cut.members[1]?.state, "down");
  t.is(cut.members[1]?.ageMs, 12_300);
  t.is(cut.up, 2);
});

test("a leader that was deposed and does not know it yet is not believed", (t) => {
  const stale = observation("n1", { stats: statsOf("n1", { status: statusOf("n1", { term: 7 }) }) });
  const status = (id: string, role: "leader" | "follower") => statusOf(id, { term: 8, leader: "n2", role });
  const members = [
    stale,
    observation("n2", { stats: statsOf("n2", { status: status("n2", "leader"), termAgeMs: 900 }) }),
    observation("n3", {
      stats: statsOf("n3", { status: status("n3", "follower") }),
      answeredMs: NOW_MS - 500,
    }),
  ];
  t.like(viewOf(members, NOW_MS + 100), { leader: "n2", term: 8, termAgeMs: 1000 });
});

test("while a newer term has no leader yet, nobody is called one", (t) => {
  const candidate = statusOf("n2", { role: "candidate", leader: "", term: 8 });
  const members = [n1, observation("n2", { stats: statsOf("n2", { status: candidate }) }), n3];
  t.like(viewOf(members, NOW_MS), { leader: "", leaderStats: null, term: 8 });
});

test("without the leader's answer its followers tell who leads, and no lag is known", (t) => {
  const view = viewOf([down("n1"), n2, n3], NOW_MS);
  t.like(view, { leader: "n1", leaderStats: null });
  t.deepEqual(
    view.members.map(({ lag }) => lag),
    [null, null, null],
  );
});

test("lag is what the leader does not know a follower to have; apply lag is the member's own", (t) => {
  const peers: readonly PeerStats[] = [
    peerOf("n2", { progress: progress(1100) }),
    peerOf("n3", {
      progress: {
        ...progress(0),
        state: "snapshot",
        snapshotIndex: 1000,
        snapshotSentBytes: 3,
        snapshotBytes: 4,
      },
    }),
  ];
  const behind = observation("n2", {
    stats: statsOf("n2", { status: statusOf("n2", { appliedIndex: 1190 }) }),
  });
  const { members } = viewOf([observation("n1", { stats: statsOf("n1", { peers }) }), behind, n3], NOW_MS);
  t.deepEqual(
    members.map(({ lag, applyLag, snapshot }) => ({ lag, applyLag, isSent: snapshot !== null })),
    [
      { lag: null, applyLag: 0, isSent: false },
      { lag: 104, applyLag: 10, isSent: false },
      { lag: 1204, applyLag: 0, isSent: true },
    ],
  );
});

test("who hears whom, and a cut one way only", (t) => {
  const { members } = viewOf([n1, unheard("n2", ["n3"]), n3], NOW_MS);
  const rows = whoHearsWhom(members);
  const kinds = (cells: readonly Hearing[]) => cells.map(({ kind }) => kind).join(" ");
  t.deepEqual(
    rows.map(({ cells }) => kinds(cells)),
    ["self hears hears", "hears self deaf", "hears hears self"],
  );
  t.deepEqual(oneWayCuts(rows), [{ deaf: "n2", from: "n3" }]);
});

test("what a member that does not answer hears is not known, whatever it said before", (t) => {
  const { members } = viewOf([n1, down("n2"), n3], NOW_MS);
  const rows = whoHearsWhom(members);
  t.deepEqual(rows[1]?.cells, [{ kind: "unknown" }, { kind: "self" }, { kind: "unknown" }]);
  t.deepEqual(oneWayCuts(rows), []);
});

test("the elections of all members, newest first, ten at most", (t) => {
  const election = { reason: "timeout", outcome: "won", attempts: 1 } as const;
  const of = (id: string, ages: readonly number[], answeredMs = NOW_MS) =>
    observation(id, {
      answeredMs,
      stats: statsOf(id, { elections: ages.map((ageMs) => ({ ...election, term: ageMs, ageMs })) }),
    });
  const members = [
    of("n1", [9000, 50]),
    of("n2", [10], NOW_MS - 100),
    of("n3", [60, 70, 80, 90, 101, 102, 103, 104]),
  ];
  const elections = lastElections(members, NOW_MS);
  t.deepEqual(
    elections.map(({ ageMs, member }) => `${member} ${ageMs}`),
    ["n1 50", "n3 60", "n3 70", "n3 80", "n3 90", "n3 101", "n3 102", "n3 103", "n3 104", "n2 110"],
  );
});
