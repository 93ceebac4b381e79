/** The limit on what the process may open, connections among it: RLIMIT_NOFILE, which Node does not tell. */
import { readFileSync } from "node:fs";

/** 0: this system does not say. */
export function openFilesMax(): number {
  try {
    return openFilesIn(readFileSync("/proc/self/limits", "utf8"));
  } catch {
    return 0;
  }
}

/** `limits` is in the form of /proc/PID/limits. */
export function openFilesIn(limits: string): number {
  const [, soft = "0"] = /^Max open files +(\d+)/m.exec(limits) ?? [];
  return Number(soft);
}
