/** Processor time from Linux's /proc: of processes by id, and of everybody else meanwhile. */
import { readdirSync, readFileSync } from "node:fs";

/** USER_HZ, the same on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;
/** Parent of the kernel's own threads, which work for the members' disks and sockets and count as nobody's. */
const KERNEL_THREADS = 2;

/** User and system time of all threads of these processes together; of one that is gone 0. */
export function membersCpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (readStat(pid)?.ownSeconds ?? 0), 0);
}

/** What the machine has done since it started, as far as it is not ours. */
export interface Surroundings {
  readonly atMs: number;
  /** Of all processes together, with the children that they have waited for: a child's time moves to its parent. */
  readonly seconds: number;
  /** Time that the host gave to others, and time in all. */
  readonly stealTicks: number;
  readonly allTicks: number;
}

export function surroundings(ours: ReadonlySet<number>): Surroundings {
  let seconds = 0;
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || ours.has(pid)) continue;
    const stat = readStat(pid);
    if (stat !== null && stat.parent !== KERNEL_THREADS) seconds += stat.allSeconds;
  }
  const [line = ""] = readFileSync("/proc/stat", "latin1").split("\n", 1);
  // cpu user nice system idle iowait irq softirq steal; guests are part of user.
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const allTicks = ticks.reduce((sum, part) => sum + part, 0);
  return { atMs: performance.now(), seconds, stealTicks: ticks[7] ?? 0, allTicks };
}

export interface Disturbance {
  /** Processors that were busy with what is not ours. */
  readonly foreignCores: number;
  readonly stealPercent: number;
}

export function disturbanceBetween(before: Surroundings, after: Surroundings): Disturbance {
  const allTicks = Math.max(1, after.allTicks - before.allTicks);
  return {
    foreignCores: Math.max(0, (1000 * (after.seconds - before.seconds)) / (after.atMs - before.atMs)),
    stealPercent: (100 * (after.stealTicks - before.stealTicks)) / allTicks,
  };
}

interface Stat {
  readonly parent: number;
  readonly ownSeconds: number;
  readonly allSeconds: number;
}

/** Null where there is no such process. */
function readStat(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name before the last parenthesis may hold anything. Then: state, parent, ..., utime, stime, cutime, cstime.
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [parent = 0] = fields.slice(1);
    const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11);
    const ownSeconds = (user + system) / TICKS_PER_SECOND;
    return {
      parent,
      ownSeconds,
      allSeconds: ownSeconds + (childrenUser + childrenSystem) / TICKS_PER_SECOND,
    };
  } catch {
    return null;
  }
}
