/** The limit on what the process may open, connections among it: RLIMIT_NOFILE, which Node does not tell. */
import { readFileSync } from "node:fs";

/** 0: this system does not say. */
export function openFilesMax(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
