/**
 * The log: JSON lines on stderr. Written synchronously, so that the last words of a process that is about to end
 * are not lost; what a healthy member logs is rare.
 */
import { writeSync } from "node:fs";
import { pino, stdTimeFunctions } from "pino";
import type { LogEvent } from "../server/log-events.js";
import type { Host } from "../server/ports.js";
import type { LogLevel } from "./settings.js";
import { isJournal, journalPrefix } from "./systemd/journal.js";

export interface Log {
  readonly write: Host["log"];
  /** From the next line on. */
  setLevel(level: LogLevel): void;
  /** The last words of this process. */
  fatal(error: unknown): void;
}

export function createLog({ id, level }: { readonly id: string; readonly level: LogLevel }): Log {
  const toJournal = isJournal(process.stderr.fd, process.env);
  const logger = pino(
    {
      level,
      base: { member: id, pid: process.pid },
      // The journal has times of its own.
      timestamp: toJournal ? false : stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: toJournal ? writeJournalLine : writeLine },
  );
  return {
    write: (severity, event, fields = {}) => logger[severity](fields, event),
    setLevel: (level) => {
      logger.level = level;
    },
    fatal: (error) =>
      logger.fatal({ err: error }, "ending: nothing is acknowledged any more" satisfies LogEvent),
  };
}

/**
 * A line that cannot be written is lost, and nothing else: a full disk under the log, or a reader that has gone or does not read,
 * is no reason to stop serving. Pino's own stream would throw, or wait for ever at the last words.
 */
function writeLine(line: string): void {
  try {
    writeSync(process.stderr.fd, line);
  } catch {
    // There is nowhere to say so.
  }
}

/** The level stands first in a line. */
const LEVEL = /^{"level":"(debug|info|warn|error|fatal)"/;

function writeJournalLine(line: string): void {
  const level = LEVEL.exec(line)?.[1] as "debug" | "info" | "warn" | "error" | "fatal" | undefined;
  writeLine(level === undefined ? line : journalPrefix(level) + line);
}
