import test from "ava";
import { statusJson, statusTable } from "../../src/cli/status-report.js";
import { report } from "./reports.js";

test("the table has one aligned line a member", (t) => {
  const table = statusTable([
    report("n1", { role: "leader", logBytes: 3 * 2 ** 20 }),
    report("n2", { leader: "" }),
  ]);
  t.is(
    table,
    [
      "ID  ROLE      TERM  LEADER  LAST  COMMIT  APPLIED  SNAPSHOT      LOG  CLIENT           PEER",
      "n1  leader       7  n1       120     119      118       100  3.0 MiB  n1.example:6840  n1.example:6841",
      "n2  follower     7  none     120     119      118       100  2.0 KiB  n2.example:6840  n2.example:6841",
      "",
    ].join("\n"),
  );
});

test("a member that does not answer stays, with the reason", (t) => {
  const lines = statusTable([report("n1"), report("n3", { error: "refused the connection" })]).split("\n");
  t.regex(lines[0] ?? "", / ERROR$/);
  t.regex(
    lines[2] ?? "",
    /^n3 +- +- +- +- +- +- +- +- +n3\.example:6840 +n3\.example:6841 +refused the connection$/,
  );
});

test("in JSON indexes are text, and only who failed has an error", (t) => {
  const document: unknown = JSON.parse(statusJson([report("n1"), report("n2", { error: "timed out" })]));
  const n1 = {
    id: "n1",
    role: "follower",
    term: 7,
    leader: "n1",
    lastIndex: "120",
    commitIndex: "119",
    appliedIndex: "118",
    snapshotIndex: "100",
    logBytes: 2048,
    client: "n1.example:6840",
    peer: "n1.example:6841",
  };
  const n2 = { ...n1, id: "n2", client: "n2.example:6840", peer: "n2.example:6841", error: "timed out" };
  t.deepEqual(document, { version: 1, members: [n1, n2] });
});
