/**
 * Every setting of the daemon, once. Flags, environment variables, keys of the configuration file and
 * the help text are all derived from this table; reading them is `config.ts`'s business.
 */
import { ADDRESS_FORM, type Address, parseAddress } from "../base/address.js";
import { parseDuration, parseSize } from "../base/units.js";
import type { Member, MemberId } from "../raft/entry.js";
import { REQUEST_BYTES_DEFAULT, VALUE_BYTES_MAX } from "../wire/limits.js";
import { isMemberId, parseCluster, parseDialAddress } from "./cluster.js";

export interface Setting<T> {
  /** `listen-client` is the flag `--listen-client`, the variable `KVRAFTD_LISTEN_CLIENT` and the file's key. */
  readonly name: string;
  readonly placeholder: string;
  readonly help: string;
  /** As one would write it; null where it follows from something else. */
  readonly initial: string | null;
  /** Completes "… is not". */
  readonly expected: string;
  /** Null: `text` is not what is expected. */
  readonly parse: (text: string) => T | null;
}

/** Heartbeats are counted in ticks of a fifth of their interval, and no tick is shorter than a millisecond. */
export const HEARTBEAT_TICKS = 5;

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const DURATION_EXPECTED = "a duration such as 150ms, 2s or 1m";

export const SETTINGS = {
  id: setting<MemberId>({
    name: "id",
    placeholder: "NAME",
    help: "the name of this member",
    initial: "n1",
    expected: "a member id: 1 to 32 of a-z, 0-9 and -, beginning with a letter or digit",
    parse: (text) => (isMemberId(text) ? text : null),
  }),
  dataDir: setting<string>({
    name: "data-dir",
    placeholder: "DIR",
    help: "where its log and snapshots live (default: $STATE_DIRECTORY, else ./kvraft.data)",
    initial: null,
    expected: "a directory",
    parse: (text) => (text === "" ? null : text),
  }),
  listenClient: setting<Address>({
    name: "listen-client",
    placeholder: "HOST:PORT",
    help: "where clients connect; port 0: any free one",
    initial: "127.0.0.1:6840",
    expected: ADDRESS_FORM,
    parse: parseAddress,
  }),
  listenPeer: setting<Address>({
    name: "listen-peer",
    placeholder: "HOST:PORT",
    help: "where the other members connect; port 0: any free one",
    initial: "127.0.0.1:6841",
    expected: ADDRESS_FORM,
    parse: parseAddress,
  }),
  listenMetrics: setting<Address>({
    name: "listen-metrics",
    placeholder: "HOST:PORT",
    help: "where Prometheus reads metrics, and probes ask; port 0: any free one (default: nowhere)",
    initial: null,
    expected: ADDRESS_FORM,
    parse: parseAddress,
  }),
  advertiseClient: setting<Address>({
    name: "advertise-client",
    placeholder: "HOST:PORT",
    help: "what clients are told (default: what it listens on)",
    initial: null,
    expected: ADDRESS_FORM,
    parse: parseDialAddress,
  }),
  advertisePeer: setting<Address>({
    name: "advertise-peer",
    placeholder: "HOST:PORT",
    help: "what the other members are told (default: its own entry in --cluster, else what it listens on)",
    initial: null,
    expected: ADDRESS_FORM,
    parse: parseDialAddress,
  }),
  cluster: setting<readonly Member[]>({
    name: "cluster",
    placeholder: "ID=HOST:PORT,…",
    help: "peer addresses of all first members; read only while the data directory is new (default: itself alone)",
    initial: null,
    expected: "a list ID=HOST:PORT,… with every id and every address once",
    parse: parseCluster,
  }),
  heartbeat: setting<number>({
    name: "heartbeat",
    placeholder: "DURATION",
    help: "how often a leader asserts itself",
    initial: "100ms",
    expected: `${DURATION_EXPECTED}, at least ${HEARTBEAT_TICKS}ms`,
    parse: (text) => atLeast(HEARTBEAT_TICKS, parseDuration(text)),
  }),
  electionTimeout: setting<number>({
    name: "election-timeout",
    placeholder: "DURATION",
    help: "silence after which a member stands for election, drawn anew from [t, 2t)",
    initial: "1s",
    expected: DURATION_EXPECTED,
    parse: (text) => atLeast(1, parseDuration(text)),
  }),
  snapshotLogBytes: setting<number>({
    name: "snapshot-log-bytes",
    placeholder: "SIZE",
    help: "how large the log may grow; a snapshot is taken at 80 % of it",
    initial: "64MiB",
    expected: "a size such as 64KiB or 1MiB",
    parse: (text) => atLeast(1, parseSize(text)),
  }),
  maxRequestBytes: setting<number>({
    name: "max-request-bytes",
    placeholder: "SIZE",
    help: "the largest key and value together; larger ones are refused",
    initial: `${REQUEST_BYTES_DEFAULT / 2 ** 20}MiB`,
    expected: `a size of at most ${VALUE_BYTES_MAX / 2 ** 20}MiB`,
    parse: (text) => {
      const size = atLeast(1, parseSize(text));
      return size !== null && size <= VALUE_BYTES_MAX ? size : null;
    },
  }),
  logLevel: setting<LogLevel>({
    name: "log-level",
    placeholder: "LEVEL",
    help: `${LOG_LEVELS.join(", ")}; logs go to stderr`,
    initial: "info",
    expected: `one of ${LOG_LEVELS.join(", ")}`,
    parse: (text) => LOG_LEVELS.find((level) => level === text) ?? null,
  }),
} as const;

function setting<T>(definition: Setting<T>): Setting<T> {
  return definition;
}

function atLeast(least: number, value: number | null): number | null {
  return value !== null && value >= least ? value : null;
}
