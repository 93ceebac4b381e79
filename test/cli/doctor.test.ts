import test, { type ExecutionContext } from "ava";
import { Histogram } from "../../src/base/histogram.js";
import { answered, type Examined, type Verdict } from "../../src/cli/doctor/check.js";
import { CLUSTER_CHECKS } from "../../src/cli/doctor/cluster-checks.js";
import { MACHINE_CHECKS } from "../../src/cli/doctor/machine-checks.js";
import { doctorJson, doctorText, examine, worst } from "../../src/cli/doctor/report.js";
import type { MemberStats, PeerStats } from "../../src/wire/member-stats.js";
import { IDS, NOW_MS, observation, peerOf, progress, statsOf, statusOf } from "./observations.js";

const WALL_CLOCK_MS = 1_700_000_000_000;
const CHECKS = [...CLUSTER_CHECKS, ...MACHINE_CHECKS];

const peer = (id: string, fields: Partial<PeerStats> = {}): PeerStats =>
  peerOf(id, { heardMs: 200, roundTripUs: 400, ...fields });

/** Well, and n1 leads. */
function wellOf(id: string): MemberStats {
  const index = 50_000;
  const indexes = { lastIndex: index, commitIndex: index, appliedIndex: index };
  return statsOf(id, {
    status: statusOf(id, { term: 3, version: "1.2.3", ...indexes }),
    openFilesMax: 65_536,
    wallClockMs: WALL_CLOCK_MS,
    peers: IDS.filter((other) => other !== id).map((other) =>
      peer(other, id === "n1" ? { progress: progress(index) } : {}),
    ),
  });
}

/** Of a well cluster, but for what `changes` says of each member; a text is why it does not answer. */
function examined(
  changes: Readonly<Record<string, string | ((stats: MemberStats) => Partial<MemberStats>)>> = {},
): Examined {
  const members = IDS.map((id) => {
    const change = changes[id] ?? (() => ({}));
    const stats = wellOf(id);
    if (typeof change === "string") return observation(id, { stats, error: change });
    return observation(id, { stats: { ...stats, ...change(stats) }, roundTripMs: 2 });
  });
  return { members, wallClockAt: (momentMs) => WALL_CLOCK_MS + 1 + momentMs - NOW_MS, version: "1.2.3" };
}

const all = (change: (stats: MemberStats) => Partial<MemberStats>) => ({
  n1: change,
  n2: change,
  n3: change,
});

function histogramOf(us: number, times = 1): Histogram {
  const histogram = new Histogram();
  histogram.record(us, times);
  return histogram;
}

const latency = (name: keyof MemberStats["latencies"], us: number) => (stats: MemberStats) => ({
  latencies: { ...stats.latencies, [name]: histogramOf(us) },
});

/** The check called `name` comes to `verdict`, saying `text`; all others find nothing. */
function finds(
  t: ExecutionContext,
  given: Examined,
  { name, verdict, text }: { readonly name: string; readonly verdict: Verdict; readonly text: RegExp },
): void {
  const examinations = examine(CHECKS, given);
  const found = examinations.find((examination) => examination.name === name);
  t.is(found?.verdict, verdict, found?.text);
  t.regex(found?.text ?? "", text);
  t.not(found?.fix, "", "with something to do about it");
  const others = examinations.filter((examination) => examination !== found && examination.verdict !== "ok");
  t.deepEqual(others, []);
}

test("of a well cluster nothing is found", (t) => {
  const examinations = examine(CHECKS, examined());
  t.deepEqual(
    examinations.filter(({ verdict }) => verdict !== "ok"),
    [],
  );
  t.is(worst(examinations), "ok");
});

test("a member that is down is told of, and how many more may fail", (t) => {
  const given = examined({ n3: "refused the connection" });
  const text = /2 of 3 answer, no more may fail. n3 refused the connection/;
  finds(t, given, { name: "members", verdict: "warning", text });
});

test("without a majority nothing can be written, and nobody is asked about it twice", (t) => {
  const given = examined({ n2: "timed out", n3: "timed out" });
  finds(t, given, { name: "members", verdict: "trouble", text: /1 of 3 answer, and a majority is 2/ });
  t.deepEqual(
    answered(given).map(({ id }) => id),
    ["n1"],
  );
});

test("nobody leads", (t) => {
  const follows = ({ status }: MemberStats) => ({
    status: { ...status, role: "follower" as const, leader: "" },
  });
  finds(t, examined(all(follows)), { name: "leader", verdict: "trouble", text: /n1 follower in term 3/ });
});

test("a member that follows nobody is told of", (t) => {
  const given = examined({ n2: ({ status }) => ({ status: { ...status, leader: "" } }) });
  finds(t, given, { name: "leader", verdict: "warning", text: /n1 leads term 3, but n2 follows nobody/ });
});

test("a one-way cut is seen", (t) => {
  const given = examined({ n2: () => ({ peers: [peer("n1"), peer("n3", { heardMs: 9000 })] }) });
  finds(t, given, { name: "who hears whom", verdict: "trouble", text: /^n2 does not hear n3$/ });
});

test("elections that follow each other are told of, those that were asked for are not", (t) => {
  const elections = (reason: "timeout" | "transfer") =>
    [4, 5, 6, 7].map((term) => ({ term, reason, outcome: "won", attempts: 1, ageMs: 1000 }) as const);
  const forced = examined({ n1: () => ({ elections: elections("timeout") }) });
  finds(t, forced, { name: "elections", verdict: "warning", text: /4 in the last ten minutes/ });
  const asked = examined({ n1: () => ({ elections: elections("transfer") }) });
  t.is(worst(examine(CHECKS, asked)), "ok");
});

test("a follower that does not keep up is named, with what it lacks", (t) => {
  const given = examined({
    n1: ({ peers }) => ({
      peers: peers.map((one) =>
        one.progress === null || one.id !== "n2"
          ? one
          : { ...one, progress: { ...one.progress, matchIndex: 100, state: "snapshot" as const } },
      ),
    }),
  });
  const text = /^n2 lacks 49900 entries, is being sent a snapshot$/;
  finds(t, given, { name: "replication", verdict: "warning", text });
});

test("versions that differ are told, among members and from the tool", (t) => {
  const old = ({ status }: MemberStats) => ({ status: { ...status, version: "1.0.0" } });
  finds(t, examined({ n2: old }), { name: "versions", verdict: "warning", text: /n1 1.2.3, n2 1.0.0/ });
  finds(t, examined(all(old)), { name: "versions", verdict: "warning", text: /this tool is 1.2.3/ });
});

test("a slow disk is a warning, one slower than the heartbeat is trouble", (t) => {
  const slow = examined({ n2: latency("logWrite", 60_000) });
  finds(t, slow, { name: "disk", verdict: "warning", text: /n2 60.0 ms/ });
  const dead = examined({ n2: latency("logWrite", 400_000) });
  finds(t, dead, { name: "disk", verdict: "trouble", text: /n2 400 ms/ });
});

test("round trips are held against the timeouts", (t) => {
  const far = (roundTripUs: number) =>
    examined({ n2: () => ({ peers: [peer("n1", { roundTripUs }), peer("n3")] }) });
  t.is(worst(examine(CHECKS, far(90_000))), "ok");
  finds(t, far(100_001), { name: "network", verdict: "trouble", text: /100 ms \(n2-n1\)/ });
  const shortHeartbeat = examined(
    all(({ peers }) => ({ heartbeatMs: 10, peers: peers.map((one) => ({ ...one, roundTripUs: 15_000 })) })),
  );
  finds(t, shortHeartbeat, { name: "network", verdict: "warning", text: /heartbeat 10 ms/ });
});

test("members with different timeouts are told of", (t) => {
  const given = examined({ n3: () => ({ electionTimeoutMs: 3000 }) });
  finds(t, given, { name: "timeouts", verdict: "warning", text: /n3 100 ms\/3000 ms/ });
});

test("an event loop that stalled once is a warning, one that keeps stalling is trouble", (t) => {
  const busy = histogramOf(1000, 1000);
  busy.record(700_000);
  const once = examined({ n1: ({ latencies }) => ({ latencies: { ...latencies, loopDelay: busy } }) });
  finds(t, once, { name: "event loop", verdict: "warning", text: /n1 1.02 ms and 700 ms/ });
  const always = examined({ n1: latency("loopDelay", 150_000) });
  finds(t, always, { name: "event loop", verdict: "trouble", text: /n1 150 ms/ });
});

test("clocks that differ are told, in milliseconds against this machine", (t) => {
  const given = examined({ n2: () => ({ wallClockMs: WALL_CLOCK_MS + 2500 }) });
  finds(t, given, { name: "clock", verdict: "warning", text: /n1 0 ms, n2 \+2500 ms/ });
});

test("a low limit on open files is told, and one that is not known is not", (t) => {
  const low = examined({ n2: () => ({ openFilesMax: 1024 }) });
  finds(t, low, { name: "open files", verdict: "warning", text: /n2 1024/ });
  t.is(worst(examine(CHECKS, examined(all(() => ({ openFilesMax: 0 }))))), "ok");
});

test("many sessions are told of", (t) => {
  const given = examined(all(() => ({ sessions: 95_000 })));
  finds(t, given, { name: "sessions", verdict: "warning", text: /95000 open/ });
});

test("each line says what was found, and the one below it what to do", (t) => {
  const examinations = examine(CHECKS, examined({ n3: "timed out" }));
  const lines = doctorText(examinations, Number.POSITIVE_INFINITY).split("\n");
  t.regex(lines[0] ?? "", /^WARNING {2}members +2 of 3 answer/);
  t.regex(lines[1] ?? "", /^ +Fix: start it again/);
  t.regex(lines[2] ?? "", /^ok +leader +n1 leads term 3/);
  const { version, checks } = JSON.parse(doctorJson(examinations));
  t.is(version, 1);
  t.like(checks[0], { name: "members", verdict: "warning" });
  t.deepEqual(Object.keys(checks[1]), ["name", "verdict", "text"]);
});

test("on a terminal no line is longer than it is wide, and nothing is lost", (t) => {
  const examinations = examine(CHECKS, examined({ n3: "timed out" }));
  const lines = doctorText(examinations, 60).split("\n");
  t.true(lines.every((line) => line.length <= 60));
  const words = (text: string) => text.split(/\s+/).filter(Boolean);
  t.deepEqual(words(lines.join(" ")), words(doctorText(examinations, Number.POSITIVE_INFINITY)));
});
