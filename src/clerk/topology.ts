/**
 * What is believed about the cluster, as an immutable value: each function takes what was believed and
 * something heard, and returns what is believed now. Nothing here talks to anybody.
 */
import type { ByteString } from "../base/byte-string.js";
import type { MemberAddresses, MemberStatus } from "../wire/client-message.js";

/** A member that failed us is left alone for so long. */
export const REST_MS = 100;

export interface Topology {
  /** Empty until a member has greeted. */
  readonly clusterId: ByteString;
  /** By address, without repetition: the endpoints first. */
  readonly servers: readonly Server[];
  readonly leader: Leader | null;
  /** The term of whoever told us the members. */
  readonly membersTerm: number;
}

export interface Server {
  /** HOST:PORT for clients. */
  readonly address: string;
  /** Empty: not known yet. */
  readonly id: string;
  /** The caller of the library gave this address: it is never dropped. */
  readonly endpoint: boolean;
  readonly restingUntilMs: number;
  readonly finding: Finding;
}

/** What became of the last contact. `text` completes a sentence: "is a follower (term 9)". */
export interface Finding {
  readonly kind: "none" | "unreachable" | "answered";
  readonly text: string;
}

export interface Leader {
  readonly address: string;
  readonly term: number;
}

const NO_FINDING: Finding = { kind: "none", text: "has not answered" };

export function initialTopology(endpoints: readonly string[]): Topology {
  const servers = [...new Set(endpoints)].map((address) => newServer(address, { id: "", endpoint: true }));
  return { clusterId: "", servers, leader: null, membersTerm: 0 };
}

export function serverAt(topology: Topology, address: string): Server | undefined {
  return topology.servers.find((server) => server.address === address);
}

/** A connection to `address` stands. */
export function withGreeting(
  topology: Topology,
  address: string,
  greeting: { readonly id: string; readonly clusterId: ByteString },
): Topology {
  const finding: Finding = { kind: "answered", text: "accepted the connection and said no more" };
  return {
    ...change(topology, address, { id: greeting.id, finding }),
    clusterId: topology.clusterId === "" ? greeting.clusterId : topology.clusterId,
  };
}

/**
 * The member at `address` has told its view. Its list of members replaces what was learned before,
 * unless that came from a later term; of two claims to leadership the one of the higher term counts, and in the
 * same term the leader's own word.
 */
export function withStatus(
  topology: Topology,
  address: string,
  status: MemberStatus,
  nowMs: number,
): Topology {
  const role = status.role === "leader" ? "the leader" : `a ${status.role}`;
  const finding: Finding = { kind: "answered", text: `is ${role} (term ${status.term})` };
  const known = change(topology, address, { id: status.id, finding });
  const learned = withMembers(known, status.members, status.term);
  return { ...learned, leader: leaderAfter(learned, address, status, nowMs) };
}

/** The believed leader at `address` says that it does not lead, and who does (empty: it does not know). */
export function withHint(
  topology: Topology,
  address: string,
  hint: { readonly leaderId: string; readonly leaderAddress: string; readonly nowMs: number },
): Topology {
  const finding: Finding = { kind: "answered", text: "is not the leader" };
  const known = change(topology, address, { finding });
  if (known.leader !== null && known.leader.address !== address) return known;
  const term = known.leader?.term ?? 0;
  const hinted = addressOf(known, hint.leaderId, hint.nowMs) ?? hint.leaderAddress;
  if (hinted === "" || hinted === address || isResting(known, hinted, hint.nowMs)) {
    return { ...known, leader: null };
  }
  return { ...add(known, hinted, hint.leaderId), leader: { address: hinted, term } };
}

/** The server at `address` failed us: it rests, and leads no more as far as we are concerned. */
export function withFailure(
  topology: Topology,
  address: string,
  failure: { readonly finding: Finding; readonly nowMs: number },
): Topology {
  const { finding, nowMs } = failure;
  return withoutLeader(change(topology, address, { finding, restingUntilMs: nowMs + REST_MS }), address);
}

/** Something was learned about the server at `address` that changes nothing else. */
export function withFinding(topology: Topology, address: string, finding: Finding): Topology {
  return change(topology, address, { finding });
}

/** If the leader was believed to be at `address`, none is known now. */
export function withoutLeader(topology: Topology, address: string): Topology {
  return topology.leader?.address === address ? { ...topology, leader: null } : topology;
}

/** Where to reach the member `id`: an endpoint that was found to be it, else what the members say. */
function addressOf(topology: Topology, id: string, nowMs: number): string | undefined {
  if (id === "") return undefined;
  return topology.servers.find((server) => server.id === id && server.restingUntilMs <= nowMs)?.address;
}

function isResting(topology: Topology, address: string, nowMs: number): boolean {
  const server = serverAt(topology, address);
  return server !== undefined && server.restingUntilMs > nowMs;
}

function leaderAfter(
  topology: Topology,
  address: string,
  status: MemberStatus,
  nowMs: number,
): Leader | null {
  const current = topology.leader;
  const leads = status.role === "leader";
  const claimed = leads ? address : addressOf(topology, status.leader, nowMs);
  if (claimed !== undefined && !isResting(topology, claimed, nowMs)) {
    const { term } = status;
    const better = current === null || term > current.term || (term === current.term && leads);
    if (better) return { address: claimed, term };
  }
  const deposed = current?.address === address && !leads;
  return deposed ? null : current;
}

function withMembers(topology: Topology, members: readonly MemberAddresses[], term: number): Topology {
  const current = term >= topology.membersTerm;
  const servers = current
    ? topology.servers.filter((server) => server.endpoint || isListed(server, members))
    : topology.servers;
  let learned: Topology = { ...topology, servers, membersTerm: Math.max(term, topology.membersTerm) };
  for (const { id, client } of members) if (client !== "") learned = add(learned, client, id);
  return learned;
}

/** A member whose address the teller has not heard yet keeps the one that we know. */
function isListed(server: Server, members: readonly MemberAddresses[]): boolean {
  return members.some(({ id, client }) => client === server.address || (client === "" && id === server.id));
}

function add(topology: Topology, address: string, id: string): Topology {
  if (serverAt(topology, address) !== undefined) return change(topology, address, id === "" ? {} : { id });
  return { ...topology, servers: [...topology.servers, newServer(address, { id, endpoint: false })] };
}

function change(topology: Topology, address: string, news: Partial<Server>): Topology {
  const servers = topology.servers.map((server) =>
    server.address === address ? { ...server, ...news } : server,
  );
  return { ...topology, servers };
}

function newServer(address: string, { id, endpoint }: { id: string; endpoint: boolean }): Server {
  return { address, id, endpoint, restingUntilMs: 0, finding: NO_FINDING };
}
