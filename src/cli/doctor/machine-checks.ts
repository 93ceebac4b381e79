/** Whether the machines are fit for it: disk, network, clock, event loop, limits. */
import { quantile } from "../../base/histogram.js";
import { formatLatency } from "../figures.js";
import {
  type Answered,
  answered,
  type Check,
  contacts,
  type Examined,
  each,
  ok,
  trouble,
  warning,
} from "./check.js";

/** A disk on which one write in a hundred takes longer delays clients visibly. */
const LOG_WRITE_SLOW_US = 25_000;
const CLOCK_SKEW_MS_MAX = 1000;
const OPEN_FILES_MIN = 4096;
/** An election timeout should be that many round trips, or elections begin before votes have arrived. */
const ROUND_TRIPS_A_TIMEOUT = 10;

const disk: Check = {
  name: "disk",
  examine: (examined) => {
    const writes = (member: Answered) => member.stats.latencies.logWrite;
    const p99 = (member: Answered) => quantile(writes(member), 0.99);
    if (answered(examined).every((member) => writes(member).count === 0)) return ok("nothing written yet");
    const figures = `writing and syncing a record, p99: ${each(examined, (member) => formatLatency(p99(member)))}`;
    const slowest = Math.max(...answered(examined).map(p99));
    const heartbeatUs = Math.min(...answered(examined).map(({ stats }) => stats.heartbeatMs * 1000));
    const fix = "give the data directory a disk of its own, one with power-loss protection";
    if (slowest > heartbeatUs) return trouble(figures, `${fix}, or raise --heartbeat and --election-timeout`);
    return slowest > LOG_WRITE_SLOW_US ? warning(figures, fix) : ok(figures);
  },
};

const network: Check = {
  name: "network",
  examine: (examined) => {
    const measured = contacts(examined).flatMap(({ member: { id, stats }, peer }) =>
      peer.roundTripUs === null
        ? []
        : [{ between: `${id}-${peer.id}`, roundTripUs: peer.roundTripUs, stats }],
    );
    const worst = measured.reduce<(typeof measured)[number] | null>(
      (most, one) => (one.roundTripUs > (most?.roundTripUs ?? -1) ? one : most),
      null,
    );
    if (worst === null) return ok("no round trips between members measured yet");
    const { heartbeatMs, electionTimeoutMs } = worst.stats;
    const timeouts = `heartbeat ${heartbeatMs} ms, election timeout ${electionTimeoutMs} ms`;
    const figures = `round trip between members at most ${formatLatency(worst.roundTripUs)} (${worst.between}); ${timeouts}`;
    const neededMs = Math.ceil((worst.roundTripUs * ROUND_TRIPS_A_TIMEOUT) / 1000);
    if (electionTimeoutMs < neededMs) {
      return trouble(figures, `start all members with --election-timeout ${neededMs}ms or more`);
    }
    if (heartbeatMs * 1000 < worst.roundTripUs) {
      return warning(
        figures,
        `start all members with --heartbeat ${Math.ceil(worst.roundTripUs / 1000)}ms or more`,
      );
    }
    return ok(figures);
  },
};

const timeouts: Check = {
  name: "timeouts",
  examine: (examined) => {
    const settings = (member: Answered) =>
      `${member.stats.heartbeatMs} ms/${member.stats.electionTimeoutMs} ms`;
    if (new Set(answered(examined).map(settings)).size <= 1) return ok("the same on all members");
    return warning(
      `heartbeat and election timeout differ: ${each(examined, settings)}`,
      "start all members with the same: the shortest election timeout decides who stands, the longest heartbeat who is believed",
    );
  },
};

const loop: Check = {
  name: "event loop",
  examine: (examined) => {
    const p99 = (member: Answered) => quantile(member.stats.latencies.loopDelay, 0.99);
    const longest = (member: Answered) => member.stats.latencies.loopDelay.max;
    const delays = (member: Answered) =>
      `${formatLatency(p99(member))} and ${formatLatency(longest(member))}`;
    const figures = `delays, p99 and longest: ${each(examined, delays)}`;
    const fix =
      "give the members processors of their own; look for swapping, and for other load on the machine";
    const isStalling = answered(examined).some((member) => p99(member) > member.stats.heartbeatMs * 1000);
    if (isStalling) return trouble(figures, fix);
    const stalled = answered(examined).some(
      (member) => longest(member) > (member.stats.electionTimeoutMs * 1000) / 2,
    );
    return stalled ? warning(figures, fix) : ok(figures);
  },
};

const clock: Check = {
  name: "clock",
  examine: (examined) => {
    const offsets = answered(examined).map((member) => ({
      id: member.id,
      ms: clockOffsetMs(member, examined),
    }));
    const spread = Math.max(...offsets.map(({ ms }) => ms)) - Math.min(...offsets.map(({ ms }) => ms));
    const figures = `against this machine: ${offsets.map(({ id, ms }) => `${id} ${signed(ms)} ms`).join(", ")}`;
    if (spread <= CLOCK_SKEW_MS_MAX) return ok(figures);
    return warning(
      `${figures}; kvraft does not order writes by clocks, but sessions expire by them`,
      "run an NTP client (chrony, systemd-timesyncd) on every machine",
    );
  },
};

const files: Check = {
  name: "open files",
  examine: (examined) => {
    const known = answered(examined).filter(({ stats }) => stats.openFilesMax > 0);
    if (known.length === 0) return ok("the members' systems do not tell their limit");
    const figures = `at most ${known.map(({ id, stats }) => `${id} ${stats.openFilesMax}`).join(", ")}`;
    if (known.every(({ stats }) => stats.openFilesMax >= OPEN_FILES_MIN)) return ok(figures);
    return warning(
      `${figures}: each client takes one`,
      "LimitNOFILE=65536 in the unit (kvraftd unit --print has it), or ulimit -n 65536",
    );
  },
};

/** How far a member's wall clock is ahead of this machine's, as if its answer had taken as long as the question. */
function clockOffsetMs({ stats, answeredMs, roundTripMs }: Answered, { wallClockAt }: Examined): number {
  return stats.wallClockMs - (wallClockAt(answeredMs) - (roundTripMs ?? 0) / 2);
}

function signed(ms: number): string {
  const rounded = Math.round(ms);
  return rounded > 0 ? `+${rounded}` : String(rounded);
}

export const MACHINE_CHECKS: readonly Check[] = [disk, network, timeouts, loop, clock, files];
