import test from "ava";
import { statusJson, statusTable } from "../../src/cli/status-report.js";
import { latenciesOf, observation, progress, statsOf, statusOf } from "./observations.js";

const n1 = observation("n1");
const n2 = observation("n2", {
  stats: statsOf("n2", { status: statusOf("n2", { leader: "", lastIndex: 9, logBytes: 2048 }) }),
});
/** It said something once, which is no longer true. */
const n3 = observation("n3", { error: "refused the connection" });

test("the table has one aligned line a member", (t) => {
  t.is(
    statusTable([n1, n2]),
    [
      "ID  ROLE      TERM  LEADER  LAST  COMMIT  APPLIED  SNAPSHOT      LOG  CLIENT           PEER",
      "n1  leader       7  n1      1204    1200     1200      1000  3.0 MiB  n1.example:6840  n1.example:6841",
      "n2  follower     7  none       9    1200     1200      1000  2.0 KiB  n2.example:6840  n2.example:6841",
      "",
    ].join("\n"),
  );
});

test("a member that does not answer stays, with the reason", (t) => {
  const lines = statusTable([n1, n3]).split("\n");
  t.regex(lines[0] ?? "", / ERROR$/);
  t.regex(
    lines[2] ?? "",
    /^n3 +- +- +- +- +- +- +- +- +n3\.example:6840 +n3\.example:6841 +refused the connection$/,
  );
});

test("in JSON indexes are text, and who failed has an error and nothing that it said before", (t) => {
  const document: unknown = JSON.parse(statusJson([n1, n3], { time: "now" }));
  const addresses = (id: string) => ({ client: `${id}.example:6840`, peer: `${id}.example:6841` });
  t.like(document, { version: 1, time: "now" });
  const [leader, silent] = (document as { members: [object, object] }).members;
  t.like(leader, {
    id: "n1",
    role: "leader",
    term: 7,
    leader: "n1",
    lastIndex: "1204",
    commitIndex: "1200",
    appliedIndex: "1200",
    snapshotIndex: "1000",
    logBytes: 3 * 2 ** 20,
    ...addresses("n1"),
  });
  t.false("error" in leader);
  t.deepEqual(silent, {
    id: "n3",
    role: "unknown",
    term: 0,
    leader: "",
    lastIndex: "0",
    commitIndex: "0",
    appliedIndex: "0",
    snapshotIndex: "0",
    logBytes: 0,
    ...addresses("n3"),
    error: "refused the connection",
  });
});

test("in JSON a member's figures are there, its histograms as quantiles", (t) => {
  const peers = [{ id: "n2", isConnected: true, heardMs: null, roundTripUs: 420, progress: progress(1100) }];
  const stats = statsOf("n1", { keys: 5, latencies: latenciesOf(4000, 10), peers });
  const { members } = JSON.parse(statusJson([observation("n1", { stats })])) as { members: [object] };
  t.like(members[0], {
    version: "0.1.0",
    uptimeMs: 300_000,
    keys: 5,
    latencies: { commit: { count: 10, p50Us: 3967, p99Us: 4000, maxUs: 4000 } },
    peers: [
      { id: "n2", connected: true, heardMs: null, roundTripUs: 420, state: "replicate", matchIndex: "1100" },
    ],
  });
});
