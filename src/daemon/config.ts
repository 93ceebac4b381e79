/**
 * From flags, environment and configuration file to one checked configuration: flag, then environment
 * (KVRAFTD_…), then file, then default. Touches no file itself.
 */
import { type Address, formatAddress } from "../base/address.js";
import { assert } from "../base/assert.js";
import { EXIT, type ExitStatus } from "../base/exit-status.js";
import type { Member, MemberId } from "../raft/entry.js";
import { isWildcard } from "./cluster.js";
import { StartError } from "./failure.js";
import { type LogLevel, SETTINGS, type Setting } from "./settings.js";

export interface DaemonConfig {
  readonly id: MemberId;
  readonly dataDir: string;
  readonly listenClient: Address;
  readonly listenPeer: Address;
  /** Null: there is no such port. */
  readonly listenMetrics: Address | null;
  /** Null: what it listens on. */
  readonly advertiseClient: Address | null;
  /** Null: its own entry in `cluster`, else what it listens on. */
  readonly advertisePeer: Address | null;
  /** Null: itself alone. Means nothing once the data directory names the members. */
  readonly cluster: readonly Member[] | null;
  readonly heartbeatMs: number;
  readonly electionTimeoutMs: number;
  readonly snapshotLogBytes: number;
  readonly requestBytesMax: number;
  readonly logLevel: LogLevel;
}

/** Where texts of settings come from. All by name; a setting that is not there is undefined. */
export interface ConfigSources {
  /** Where sockets are bound that a service manager has passed. Nothing goes before them. */
  readonly passed?: ReadonlyMap<string, string>;
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file: ConfigFile | null;
}

export interface ConfigFile {
  readonly path: string;
  readonly texts: ReadonlyMap<string, string>;
}

/** @throws StartError: 64 where a flag is to blame, 78 where the environment or the file is. */
export function readConfig(sources: ConfigSources): DaemonConfig {
  const read = <T>(setting: Setting<T>) => readSetting(setting, sources);
  const find = <T>(setting: Setting<T>) => findSetting(setting, sources);
  const id = read(SETTINGS.id);
  const listenClient = read(SETTINGS.listenClient);
  const advertiseClient = find(SETTINGS.advertiseClient);
  const advertisePeer = find(SETTINGS.advertisePeer);
  const cluster = find(SETTINGS.cluster);
  const heartbeat = read(SETTINGS.heartbeat);
  const electionTimeout = read(SETTINGS.electionTimeout);
  checkElection(heartbeat, electionTimeout);
  if (cluster !== null) checkCluster(id, cluster, advertisePeer);
  if (isWildcard(listenClient.value) && advertiseClient === null) {
    const what = `${listenClient.source} is every interface, which clients cannot be told as an address`;
    throw new StartError(listenClient.status, `${what}\nTry: --advertise-client HOST:PORT`);
  }
  return {
    id: id.value,
    dataDir: find(SETTINGS.dataDir)?.value ?? defaultDataDir(sources),
    listenClient: listenClient.value,
    listenPeer: read(SETTINGS.listenPeer).value,
    listenMetrics: find(SETTINGS.listenMetrics)?.value ?? null,
    advertiseClient: advertiseClient?.value ?? null,
    advertisePeer: advertisePeer?.value ?? null,
    cluster: cluster?.value ?? null,
    heartbeatMs: heartbeat.value,
    electionTimeoutMs: electionTimeout.value,
    snapshotLogBytes: read(SETTINGS.snapshotLogBytes).value,
    requestBytesMax: read(SETTINGS.maxRequestBytes).value,
    logLevel: read(SETTINGS.logLevel).value,
  };
}

/** Names of the settings that have another value in `after`. @throws StartError */
export function changedSettings(before: ConfigSources, after: ConfigSources): readonly string[] {
  const valueIn = (sources: ConfigSources, setting: Setting<unknown>) =>
    JSON.stringify(findSetting(setting, sources)?.value);
  const settings: readonly Setting<unknown>[] = Object.values(SETTINGS);
  return settings
    .filter((setting) => valueIn(before, setting) !== valueIn(after, setting))
    .map(({ name }) => name);
}

/** A value with the place that it came from, for messages, and the status if that place is to blame. */
interface Found<T> {
  readonly value: T;
  readonly source: string;
  readonly status: ExitStatus;
}

function readSetting<T>(setting: Setting<T>, sources: ConfigSources): Found<T> {
  const found = findSetting(setting, sources);
  assert(found !== null, `the setting ${setting.name} has a default`);
  return found;
}

function findSetting<T>(setting: Setting<T>, sources: ConfigSources): Found<T> | null {
  const place = findText(setting, sources);
  if (place === null) return null;
  const value = setting.parse(place.value);
  if (value !== null) return { ...place, value };
  throw new StartError(
    place.status,
    `${place.source}: ${JSON.stringify(place.value)} is not ${setting.expected}`,
  );
}

function findText(
  setting: Setting<unknown>,
  { passed, flags, environment, file }: ConfigSources,
): Found<string> | null {
  const bound = passed?.get(setting.name);
  if (bound !== undefined) {
    return { value: bound, source: `the passed socket for --${setting.name}`, status: EXIT.configuration };
  }
  const flag = flags[setting.name];
  if (flag !== undefined) return { value: flag, source: `--${setting.name}`, status: EXIT.usage };
  const variable = environmentName(setting.name);
  const fromEnvironment = environment[variable];
  // An empty variable counts as none: that is how service files and shells unset one.
  if (fromEnvironment) return { value: fromEnvironment, source: variable, status: EXIT.configuration };
  const fromFile = file?.texts.get(setting.name);
  if (file !== null && fromFile !== undefined) {
    return { value: fromFile, source: `${file.path}: ${setting.name}`, status: EXIT.configuration };
  }
  if (setting.initial === null) return null;
  return { value: setting.initial, source: `the default of --${setting.name}`, status: EXIT.configuration };
}

/** `listen-client` is `KVRAFTD_LISTEN_CLIENT`. */
export function environmentName(settingName: string): string {
  return `KVRAFTD_${settingName.toUpperCase().replaceAll("-", "_")}`;
}

/** Under systemd the service's own state directory; it may name several, of which the first is ours. */
function defaultDataDir({ environment }: ConfigSources): string {
  const { STATE_DIRECTORY } = environment;
  return STATE_DIRECTORY?.split(":")[0] || "./kvraft.data";
}

function checkElection(heartbeat: Found<number>, electionTimeout: Found<number>): void {
  if (heartbeat.value < electionTimeout.value) return;
  const values = `heartbeat ${heartbeat.value}ms, election timeout ${electionTimeout.value}ms`;
  throw new StartError(
    blame(heartbeat, electionTimeout),
    `${heartbeat.source} must be shorter than ${electionTimeout.source}: ${values}`,
  );
}

function checkCluster(
  id: Found<MemberId>,
  cluster: Found<readonly Member[]>,
  advertised: Found<Address> | null,
): void {
  const own = cluster.value.find((member) => member.id === id.value);
  if (own === undefined) {
    const ids = cluster.value.map((member) => member.id).join(", ");
    throw new StartError(
      blame(id, cluster),
      `${cluster.source} names ${ids}, but this member is ${id.value} (${id.source})`,
    );
  }
  if (advertised !== null && formatAddress(advertised.value) !== own.peerAddress) {
    const difference = `${formatAddress(advertised.value)} differs from ${own.peerAddress} in ${cluster.source}`;
    throw new StartError(blame(advertised, cluster), `${advertised.source}: ${difference}`);
  }
}

/** A flag is at hand and easily mended: where one takes part in a contradiction, it is the usage. */
function blame(...parts: readonly Found<unknown>[]): ExitStatus {
  return parts.some((part) => part.status === EXIT.usage) ? EXIT.usage : EXIT.configuration;
}
