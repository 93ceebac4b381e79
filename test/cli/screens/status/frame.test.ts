import test from "ava";
import type { Observation } from "../../../../src/clerk/observer.js";
import { type FrameSource, frameOf } from "../../../../src/cli/screens/status/frame.js";
import { ASCII, UNICODE } from "../../../../src/cli/screens/status/layout/glyphs.js";
import { printable, textOf } from "../../../../src/cli/screens/status/layout/line.js";
import { viewOf } from "../../../../src/cli/screens/status/model/cluster-view.js";
import { Trends } from "../../../../src/cli/screens/status/model/trends.js";
import { INITIAL_STATE, type Panel, type ViewState } from "../../../../src/cli/screens/status/view-state.js";
import type { ElectionRecord } from "../../../../src/wire/member-stats.js";
import {
  allWell,
  down,
  latenciesOf,
  NOW_MS,
  observation,
  peerOf,
  progress,
  statsOf,
  statusOf,
} from "../../observations.js";

/** The clusters that are shown; of each, two answers a second apart. */
function sourceOf(members: readonly Observation[], state: Partial<ViewState> = {}): FrameSource {
  const trends = new Trends();
  const before = members.map(({ stats, ...rest }) => ({
    ...rest,
    answeredMs: NOW_MS - 20_000,
    stats: stats && {
      ...stats,
      uptimeMs: 1,
      status: { ...stats.status, commitIndex: 0 },
      latencies: latenciesOf(0, 0),
    },
  }));
  trends.note(before);
  trends.note(members);
  return {
    view: viewOf(members, NOW_MS),
    trends,
    state: { ...INITIAL_STATE, ...state },
    glyphs: UNICODE,
    allowActions: false,
    nowMs: NOW_MS,
    endpoints: ["127.0.0.1:6840"],
  };
}

function drawn(source: FrameSource, columns: number, rows = 24): readonly string[] {
  return frameOf(source, { columns, rows }).lines.map((line) => textOf(line).trimEnd());
}

/** The leader sends n2 a snapshot, and does not hear n3, which is down. */
function troubled(): readonly Observation[] {
  const latencies = latenciesOf(1000, 100);
  const peers = [
    peerOf("n2", {
      progress: {
        ...progress(0),
        state: "snapshot",
        snapshotIndex: 1000,
        snapshotSentBytes: 2 ** 20,
        snapshotBytes: 4 * 2 ** 20,
      },
    }),
    peerOf("n3", { isConnected: false, heardMs: 12_000, progress: progress(1100) }),
  ];
  const others = [peerOf("n1"), peerOf("n3", { heardMs: null })];
  return [
    observation("n1", { stats: statsOf("n1", { peers, latencies }) }),
    observation("n2", { stats: statsOf("n2", { peers: others, latencies }) }),
    down("n3"),
  ];
}

test("120 columns have room for everything", (t) => {
  t.deepEqual(drawn(sourceOf(troubled()), 120), [
    "kvraft · cluster 3fa9c1d2                                                                                      every 1 s",
    "leader   ● n1 · term 7 for 3 min",
    "quorum   2 of 3 up, no more may fail",
    "commits  index 1,200 · 60/s █",
    "latency  p50 0.99 ms · p99 1.00 ms in the last 20 s",
    "",
    "  MEMBER  ROLE         LAG          APPLY   HEARD      RTT  FSYNC P99        LOG  SNAPSHOT  VERSION",
    "▸ n1      ● leader     ·                0       ·        ·    1.00 ms    3.0 MiB      1000  0.1.0",
    "  n2      ○ follower   ███▏· 1204       0   40 ms  0.42 ms    1.00 ms    3.0 MiB      1000  0.1.0",
    "    receives snapshot 1000 ██▌······· 25 % of 4.0 MiB",
    "  n3      ✗ down       ██··· 104        0    12 s  0.42 ms          ·    3.0 MiB      1000  0.1.0",
    "    refused the connection · shown as of 12 s ago",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "q quit   ? help   ⏎ details   m matrix   e elections   p pause   + faster   - slower",
  ]);
});

test("at 80 columns snapshots and versions have left", (t) => {
  t.deepEqual(drawn(sourceOf(troubled()), 80).slice(0, 12), [
    "kvraft · cluster 3fa9c1d2                                              every 1 s",
    "leader   ● n1 · term 7 for 3 min",
    "quorum   2 of 3 up, no more may fail",
    "commits  index 1,200 · 60/s █",
    "latency  p50 0.99 ms · p99 1.00 ms in the last 20 s",
    "",
    "  MEMBER  ROLE         LAG          APPLY   HEARD      RTT  FSYNC P99        LOG",
    "▸ n1      ● leader     ·                0       ·        ·    1.00 ms    3.0 MiB",
    "  n2      ○ follower   ███▏· 1204       0   40 ms  0.42 ms    1.00 ms    3.0 MiB",
    "    receives snapshot 1000 ██▌······· 25 % of 4.0 MiB",
    "  n3      ✗ down       ██··· 104        0    12 s  0.42 ms          ·    3.0 MiB",
    "    refused the connection · shown as of 12 s ago",
  ]);
});

test("at 60 columns there is still who lags, and who is heard", (t) => {
  t.deepEqual(drawn(sourceOf(troubled()), 60), [
    "kvraft · cluster 3fa9c1d2                          every 1 s",
    "leader   ● n1 · term 7 for 3 min",
    "quorum   2 of 3 up, no more may fail",
    "commits  index 1,200 · 60/s █",
    "latency  p50 0.99 ms · p99 1.00 ms in the last 20 s",
    "",
    "  MEMBER  ROLE         LAG           HEARD      RTT",
    "▸ n1      ● leader     ·                 ·        ·",
    "  n2      ○ follower   ███▏· 1204    40 ms  0.42 ms",
    "    receives snapshot 1000 ██▌······· 25 % of 4.0 MiB",
    "  n3      ✗ down       ██··· 104      12 s  0.42 ms",
    "    refused the connection · shown as of 12 s ago",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "q quit   ? help   ⏎ details   m matrix   e elections",
  ]);
});

test("where the locale is not UTF-8 everything is ASCII", (t) => {
  const source = { ...sourceOf(troubled()), glyphs: ASCII };
  for (const panel of PANELS) {
    const text = drawn({ ...source, state: { ...INITIAL_STATE, panel } }, 80).join("");
    t.is(printable(text), text, panel);
  }
  t.deepEqual(drawn(source, 60).slice(6, 9), [
    "  MEMBER  ROLE         LAG           HEARD      RTT",
    "> n1      * leader     .                 .        .",
    "  n2      o follower   ###.. 1204    40 ms  0.42 ms",
  ]);
});

const PANELS: readonly Panel[] = ["members", "details", "matrix", "elections", "help"];

/** As many as nobody has. */
function crowd(): readonly Observation[] {
  const election: ElectionRecord = {
    term: 7,
    reason: "quorum-lost",
    outcome: "stepped-down",
    attempts: 12,
    ageMs: 1,
  };
  const elections = Array.from({ length: 16 }, () => election);
  const ids = Array.from({ length: 40 }, (_, at) => `member-with-a-long-name-${at}`);
  return ids.map((id, at) => {
    const peers = ids.filter((each) => each !== id).map((each) => peerOf(each));
    const member = observation(id, { stats: statsOf(id, { peers, elections }) });
    return at % 3 === 0
      ? { ...member, error: "did not answer within 1 s, and a long story follows ".repeat(5) }
      : member;
  });
}

test("no frame is as tall as the terminal or wider, whatever it shows", (t) => {
  for (const members of [crowd(), troubled(), [down("n1", { id: "", stats: null, answeredMs: null })], []]) {
    for (const panel of PANELS) {
      const source = sourceOf(members, { panel, scroll: 7, chosen: "member-with-a-long-name-20" });
      for (const columns of [1, 20, 60, 80, 120, 300]) {
        for (const rows of [1, 2, 5, 9, 14, 24, 60]) {
          const shown = drawn(source, columns, rows);
          t.is(shown.length, Math.max(1, rows - 1), `${panel} ${columns}x${rows}`);
          t.true(
            shown.every((line) => line.length <= columns),
            `${panel} ${columns}x${rows}`,
          );
        }
      }
    }
  }
});

test("where rows are few the quorum and the chosen member stay", (t) => {
  const shown = drawn(sourceOf(crowd(), { chosen: "member-with-a-long-name-20" }), 80, 8);
  t.regex(shown[0] ?? "", /^quorum /);
  t.true(
    shown.some((line) => line.startsWith("▸ member-with-a-long-")),
    shown.join("\n"),
  );
  t.true(shown.some((line) => /… and \d+ more/.test(line)));
});

test("without a quorum, that is said, and what was known of the others stays", (t) => {
  const lonely = observation("n3", {
    stats: statsOf("n3", {
      status: statusOf("n3", { role: "candidate", leader: "", term: 9 }),
      peers: ["n1", "n2"].map((id) => peerOf(id, { heardMs: 8000 })),
    }),
  });
  const shown = drawn(sourceOf([down("n1"), down("n2", { error: "did not answer within 1 s" }), lonely]), 80);
  t.deepEqual(shown.slice(1, 12), [
    "leader   none · term 9 for 3 min",
    "quorum   1 of 3 up: no quorum, nothing can be written",
    "commits  index 1,200 · 60/s █",
    "latency  known to a leader alone",
    "",
    "  MEMBER  ROLE         LAG          APPLY   HEARD      RTT  FSYNC P99        LOG",
    "▸ n1      ✗ down       ·                0       ·        ·          ·    3.0 MiB",
    "    refused the connection · shown as of 12 s ago",
    "  n2      ✗ down       ·                0       ·        ·          ·    3.0 MiB",
    "    did not answer within 1 s · shown as of 12 s ago",
    "  n3      ◐ candidate  ·                0       ·        ·          ·    3.0 MiB",
  ]);
});

test("before anybody has answered it is told who is asked", (t) => {
  const shown = drawn(
    sourceOf([observation("", { client: "127.0.0.1:6840", stats: null, answeredMs: null })]),
    80,
  );
  t.regex(shown[0] ?? "", /^kvraft · asking 127\.0\.0\.1:6840 +every 1 s$/);
  t.regex(shown[2] ?? "", /^quorum +asking$/);
  t.regex(shown[7] ?? "", /^▸ 127\.0\.0\.1:6840 +… asked/);
});

test("the matrix shows a cut one way, and says so", (t) => {
  const peers = [peerOf("n1"), peerOf("n3", { heardMs: 4200 })];
  const [n1, , n3] = allWell() as [Observation, Observation, Observation];
  const members = [n1, observation("n2", { stats: statsOf("n2", { peers }) }), n3];
  t.deepEqual(drawn(sourceOf(members, { panel: "matrix" }), 80).slice(6, 14), [
    "hears        n1       n2       n3",
    "n1           ·        ✓        ✓",
    "n2           ✓        ·        ✗ 4.2 s",
    "n3           ✓        ✓        ·",
    "",
    "n2 does not hear n3, who hears it: a cut one way",
    "✓ heard in the last two seconds",
    "✗ for how long not",
  ]);
});

test("the elections, each with its reason and what came of it", (t) => {
  const elections: readonly ElectionRecord[] = [
    { term: 5, reason: "timeout", outcome: "asking", attempts: 12, ageMs: 61_000 },
    { term: 6, reason: "leader-lost", outcome: "won", attempts: 1, ageMs: 4200 },
  ];
  const source = sourceOf([observation("n1", { stats: statsOf("n1", { elections }) })], {
    panel: "elections",
  });
  t.deepEqual(drawn(source, 60).slice(6, 9), [
    "  AGO  TERM  MEMBER  OUTCOME  REASON",
    "4.2 s     6  n1      won      connection to leader lost",
    "1 min     5  n1      asking   timeout: no leader heard ×12",
  ]);
  t.is(drawn(sourceOf([observation("n1")], { panel: "elections" }), 60)[7], "none that a member remembers");
});

test("the details of the chosen member", (t) => {
  const latencies = latenciesOf(1000, 100);
  const members = [
    ...allWell().slice(0, 2),
    down("n3", { stats: statsOf("n3", { latencies, keys: 12_345 }) }),
  ];
  t.deepEqual(drawn(sourceOf(members, { panel: "details", chosen: "n3" }), 80, 40).slice(6, 26), [
    "n3 ✗ no answer",
    "clients   n3.example:6840",
    "peers     n3.example:6841",
    "error     refused the connection",
    "answer    12 s old · it took 0.80 ms",
    "process   kvraft 0.1.0 · up for 5 min",
    "term      7 for 3 min · leader n1 · changes 0",
    "index     last 1204 · commit 1200 · applied 1200",
    "log       3.0 MiB",
    "snapshot  index 1000 · 0 B · taken 0 · installed 0",
    "data      keys 12,345 · sessions 0",
    "waiting   writes 0 · reads 0",
    "served    writes 0 · reads 0 · stale 0",
    "",
    "LATENCY     P50 LATELY      P99  P50 SINCE START      P99      MAX",
    "commit         0.99 ms  1.00 ms          0.99 ms  1.00 ms  1.00 ms",
    "apply          0.99 ms  1.00 ms          0.99 ms  1.00 ms  1.00 ms",
    "log write      0.99 ms  1.00 ms          0.99 ms  1.00 ms  1.00 ms",
    "loop delay     0.99 ms  1.00 ms          0.99 ms  1.00 ms  1.00 ms",
    "",
  ]);
});

test("the bottom line asks, tells, or names the keys that there is room for", (t) => {
  const bottom = (state: Partial<ViewState>, more: Partial<FrameSource> = {}, columns = 120) =>
    drawn({ ...sourceOf(allWell(), state), ...more }, columns).at(-1) ?? "";
  t.is(bottom({ confirming: "n2" }), "make n2 the leader? y/N");
  t.is(bottom({ notice: "n2 leads in term 8" }), "n2 leads in term 8");
  t.notRegex(bottom({}), / transfer/);
  t.regex(bottom({}, { allowActions: true }), /t transfer/);
  t.regex(bottom({ isPaused: true }), /p go on/);
  t.is(bottom({}, {}, 20), "q quit   ? help");
});
