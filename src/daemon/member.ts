/**
 * One member put together: its data directory, its ports, its replica and its clock, started in the order in which they
 * rest on each other and stopped in the opposite one.
 */
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { type Address, formatAddress } from "../base/address.js";
import { EXIT } from "../base/exit-status.js";
import { seededRandom } from "../base/random.js";
import type { StateMachineLimits } from "../kv/state-machine.js";
import type { BoundSocket } from "../net/bound-socket.js";
import { ClientListener } from "../net/client-listener.js";
import { closeServer, listen } from "../net/listen.js";
import { PeerTransport } from "../net/peer-transport.js";
import type { Member } from "../raft/entry.js";
import type { Host } from "../server/ports.js";
import { Replica } from "../server/replica.js";
import { openStorage, type Storage } from "../storage/open-storage.js";
import { SEGMENT_BYTES_DEFAULT } from "../storage/write-ahead-log.js";
import { SESSION_IDLE_MS, SESSION_RESULTS_MAX, SESSIONS_MAX, VALUE_BYTES_MAX } from "../wire/limits.js";
import { clusterId, formatCluster, isWildcard } from "./cluster.js";
import type { DaemonConfig } from "./config.js";
import { StartError } from "./failure.js";
import { loadState } from "./load-state.js";
import { openMetricsPort } from "./metrics-port.js";
import { openFilesMax } from "./open-files.js";
import { HEARTBEAT_TICKS, SETTINGS } from "./settings.js";
import type { Vitals } from "./systemd/vitals.js";

export interface RunningMember {
  /** What it listens on, `HOST:PORT`, also where others are told something else. */
  readonly clientAddress: string;
  readonly peerAddress: string;
  /** Null: there is no such port. */
  readonly metricsAddress: string | null;
  /** How it is at this moment. */
  vitals(): Vitals;
  /** Hands leadership on, answers what is under way and lets go of everything. Called once. */
  stop(): Promise<void>;
}

export interface MemberHost {
  /** Of the software, for people. */
  readonly version: string;
  readonly log: Host["log"];
  /** Already bound, by the name of the setting that says where: instead of binding it they are listened on. */
  readonly sockets: ReadonlyMap<string, BoundSocket>;
  /** Called whenever recovery has got on a little. */
  readonly onProgress: () => void;
  /** Ends the process: does not return. */
  readonly fatal: (error: unknown) => never;
}

/** Clients that are slow to take their last answers are not waited for longer. */
const DRAIN_MS = 5000;

/** Of every replica: what one refuses all must refuse. */
export const STATE_MACHINE_LIMITS: StateMachineLimits = {
  valueBytesMax: VALUE_BYTES_MAX,
  sessionsMax: SESSIONS_MAX,
  sessionIdleMs: SESSION_IDLE_MS,
  sessionResultsMax: SESSION_RESULTS_MAX,
};

/** Resolves when it has recovered and listens on both ports. @throws StorageError, NetError, StartError */
export async function startMember(config: DaemonConfig, host: MemberHost): Promise<RunningMember> {
  const listenPeer = formatAddress(await withPort(config.listenPeer));
  const storage = await openStorage({
    directory: config.dataDir,
    memberId: config.id,
    ...(config.cluster === null ? {} : { given: config.cluster }),
    initial: () => firstMembers(config, listenPeer),
    segmentBytes: segmentBytes(config),
    onProgress: host.onProgress,
    onFault: host.fatal,
  });
  remarkOnStorage(storage, config, host);
  const stateMachine = await loadState(storage.snapshots, {
    limits: STATE_MACHINE_LIMITS,
    directory: config.dataDir,
    onProgress: host.onProgress,
  });

  const random = seededRandom(randomBytes(6).readUIntBE(0, 6));
  const identity = { clusterId: storage.member.clusterId, memberId: config.id, version: host.version };
  const { requestBytesMax } = config;
  const clients = new ClientListener({
    identity,
    requestBytesMax,
    log: host.log,
    handle: (request, reply) => replica.handle(request, reply),
  });
  const advertised = config.advertiseClient === null ? undefined : formatAddress(config.advertiseClient);
  await clients.listen(
    host.sockets.get(SETTINGS.listenClient.name) ?? formatAddress(config.listenClient),
    advertised,
  );
  // From here to the replica nothing is awaited: no request can come before there is somebody to take it.
  const clientAddress = advertised ?? clients.address;
  const members = storage.recovered.snapshot.configuration.voters;
  const peers = new PeerTransport({
    identity,
    clientAddress,
    members,
    random,
    log: host.log,
    onMessage: (message) => replica.receive(message),
    onLink: (id, up) => replica.linkChanged(id, up),
  });
  const ticks = tickOptions(config);
  const replica = new Replica({
    id: config.id,
    clusterId: identity.clusterId,
    version: host.version,
    clientAddress,
    restored: storage.recovered,
    stateMachine,
    stateMachineLimits: STATE_MACHINE_LIMITS,
    log: storage.log,
    snapshots: storage.snapshots,
    transport: peers,
    host: {
      defer: setImmediate,
      wallClockMs: Date.now,
      nowUs: () => performance.now() * 1000,
      openFilesMax: openFilesMax(),
      fatal: host.fatal,
      log: host.log,
    },
    random,
    ...ticks,
    snapshotLogBytes: config.snapshotLogBytes,
    requestBytesMax,
  });
  await peers.listen(host.sockets.get(SETTINGS.listenPeer.name) ?? listenPeer);
  const { listenMetrics } = config;
  const metrics = await openMetricsPort(
    host.sockets.get(SETTINGS.listenMetrics.name) ?? (listenMetrics && formatAddress(listenMetrics)),
    { read: () => ({ stats: replica.stats(), connections: clients.connections }), log: host.log },
  );
  const clock = setInterval(() => replica.tick(), ticks.tickMs);
  const stop = async (): Promise<void> => {
    await new Promise<void>((done) => replica.stop(done));
    clearInterval(clock);
    await metrics?.close();
    await clients.drain(DRAIN_MS);
    await peers.close();
    await storage.close();
  };
  const vitals = () => ({ ...replica.status(), recordUnderWay: storage.log.recordUnderWay });
  return {
    clientAddress: clients.address,
    peerAddress: peers.address,
    metricsAddress: metrics?.address ?? null,
    vitals,
    stop,
  };
}

/** `address` with a port of its own: a new member must know where it can be reached before it listens. */
async function withPort(address: Address): Promise<Address> {
  if (address.port !== 0) return address;
  const server = createServer();
  await listen(server, formatAddress(address), "members");
  const bound = server.address();
  await closeServer(server);
  return typeof bound === "object" && bound !== null ? { ...address, port: bound.port } : address;
}

/** What a new data directory begins with. */
function firstMembers(
  config: DaemonConfig,
  listenPeer: string,
): Pick<Storage["member"], "clusterId" | "configuration"> {
  const voters = config.cluster ?? [{ id: config.id, peerAddress: ownPeerAddress(config, listenPeer) }];
  return { clusterId: clusterId(voters), configuration: { voters } };
}

function ownPeerAddress({ advertisePeer, listenPeer }: DaemonConfig, boundPeer: string): string {
  if (advertisePeer !== null) return formatAddress(advertisePeer);
  if (!isWildcard(listenPeer)) return boundPeer;
  const what = `${formatAddress(listenPeer)} is every interface, which the other members cannot be told as an address`;
  throw new StartError(EXIT.configuration, `${what}\nTry: --cluster, or --advertise-peer HOST:PORT`);
}

/** What the operator should know of the data directory. */
function remarkOnStorage({ member, notes }: Storage, config: DaemonConfig, { log }: MemberHost): void {
  for (const note of notes) log("warn", "storage repaired", { note });
  const given = config.cluster;
  const kept: readonly Member[] = member.configuration.voters;
  if (given === null || formatCluster(given) === formatCluster(kept)) return;
  // PITFALLS 48: once there is a data directory, membership comes from there alone.
  log("warn", "cluster setting ignored", {
    reason: "the data directory has other members",
    given: formatCluster(given),
    kept: formatCluster(kept),
  });
}

/** Smaller ones cost a new file every few records. */
const SEGMENT_BYTES_MIN = 64 * 1024;

/** Four segments to a full log, so that what a snapshot covers is given free soon. */
function segmentBytes({ snapshotLogBytes }: DaemonConfig): number {
  const quarter = Math.ceil(snapshotLogBytes / 4);
  return Math.min(SEGMENT_BYTES_DEFAULT, Math.max(SEGMENT_BYTES_MIN, quarter));
}

/** Heartbeats and elections counted in ticks, a fifth of a heartbeat each. */
function tickOptions({ heartbeatMs, electionTimeoutMs }: DaemonConfig) {
  const tickMs = Math.max(1, Math.round(heartbeatMs / HEARTBEAT_TICKS));
  const electionTimeoutTicks = Math.max(HEARTBEAT_TICKS + 1, Math.round(electionTimeoutMs / tickMs));
  return { tickMs, heartbeatTicks: HEARTBEAT_TICKS, electionTimeoutTicks };
}
