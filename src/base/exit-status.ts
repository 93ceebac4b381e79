/**
 * The exit statuses of both programs, after BSD's sysexits: scripts and supervisors rely on them.
 * Which error gets which status is decided in `cli/failure.ts` and `daemon/failure.ts` alone.
 */
export const EXIT = {
  done: 0,
  /** get, delete, explain: there is no such key. */
  absent: 1,
  /** The command line is wrong. */
  usage: 64,
  /** A key or value that cannot be accepted. */
  data: 65,
  /** No leader, nobody reachable, or a port is taken. Of an operation: it was definitely not done. */
  unavailable: 69,
  /** A bug in kvraft; of verify: what the cluster did is not linearizable. */
  bug: 70,
  /** A file or a disk. */
  io: 74,
  /** A write may take effect or not; of verify: no verdict was found in time. */
  unknown: 75,
  /** The server denied it. */
  denied: 77,
  /** Configuration file, environment, or a data directory that belongs to another member. */
  configuration: 78,
  /** SIGINT: 128 + 2, as shells have it. */
  interrupted: 130,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];
