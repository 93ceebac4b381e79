/**
 * What a member says in its log, all of it: people search for these words and alert on them, so an event keeps its name. What varies is in the
 * fields. Keys and values of users appear in neither.
 */
export const LOG_EVENTS = [
  "ready",
  "stopping",
  "stopped",
  "stopping took too long",
  "ending: nothing is acknowledged any more",
  "configuration read again",
  "changed settings wait for the next start",
  "the configuration makes no sense, and nothing was changed",
  "this member hangs, and its watchdog is not fed",
  "the helper that notifies the service manager has ended",
  "storage repaired",
  "cluster setting ignored",
  "asking for pre-votes",
  "standing for election",
  "election lost",
  "became leader",
  "no longer leader",
  "following",
  "snapshot taken",
  "snapshot installed",
  "snapshot not needed",
  "snapshot received is damaged",
  "peer link up",
  "peer link down",
  "peer queue full",
  "peer connection refused",
  "peer connection broke",
  "peer port failed",
  "client connection refused",
  "client connection closed",
  "client connection broke",
  "client port failed",
  "metrics request failed",
] as const;

export type LogEvent = (typeof LOG_EVENTS)[number];
