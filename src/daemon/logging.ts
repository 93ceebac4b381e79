/**
 * The log: JSON lines on stderr. Written synchronously, so that the last words of a process that is about to end
 * are not lost; what a healthy member logs is rare.
 */
import { destination, pino, stdTimeFunctions } from "pino";
import type { Host } from "../server/ports.js";
import type { LogLevel } from "./settings.js";

export interface Log {
  readonly write: Host["log"];
  /** The last words of this process. */
  fatal(error: unknown): void;
}

export function createLog({ id, level }: { readonly id: string; readonly level: LogLevel }): Log {
  const logger = pino(
    {
      level,
      base: { member: id, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination({ fd: process.stderr.fd, sync: true }),
  );
  return {
    write: (severity, event, fields = {}) => logger[severity](fields, event),
    fatal: (error) => logger.fatal({ err: error }, "ending: nothing is acknowledged any more"),
  };
}
