/** How the journal of systemd learns how grave a line of stderr is: by a number in front of it (sd-daemon(3)). */
import { fstatSync } from "node:fs";
import type { LogLevel } from "../settings.js";

/** As in syslog(3). */
const PRIORITIES: Readonly<Record<Exclude<LogLevel, "silent"> | "fatal", number>> = {
  fatal: 2,
  error: 3,
  warn: 4,
  info: 6,
  debug: 7,
};

/** Whether `descriptor` leads to the journal: it sets JOURNAL_STREAM to DEVICE:INODE of what it connects (systemd.exec(5)). */
export function isJournal(
  descriptor: number,
  { JOURNAL_STREAM }: Readonly<Record<string, string | undefined>>,
): boolean {
  if (!JOURNAL_STREAM) return false;
  try {
    const { dev, ino } = fstatSync(descriptor, { bigint: true });
    return JOURNAL_STREAM === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/** To stand before a line of this level. */
export function journalPrefix(level: keyof typeof PRIORITIES): string {
  return `<${PRIORITIES[level]}>`;
}
