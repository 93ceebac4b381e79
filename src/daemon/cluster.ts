/**
 * Names and addresses of members as the command line gives them, and the cluster's id.
 */
import { createHash } from "node:crypto";
import { type Address, formatAddress, parseAddress } from "../base/address.js";
import type { Member, MemberId } from "../raft/entry.js";

const CLUSTER_ID_BYTES = 8;

export function isMemberId(text: string): text is MemberId {
  return /^[a-z0-9][a-z0-9-]{0,31}$/.test(text);
}

/** Where others connect: a port that is one, and not the address that stands for every interface. */
export function parseDialAddress(text: string): Address | null {
  const address = parseAddress(text);
  return address === null || address.port === 0 || isWildcard(address) ? null : address;
}

/** Listening there means on every interface; nobody can dial it. */
export function isWildcard({ host }: Address): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** `ID=HOST:PORT,…` as members sorted by id; null unless every id and every address stands there once. */
export function parseCluster(text: string): readonly Member[] | null {
  const members: Member[] = [];
  for (const part of text.split(",")) {
    const [id = "", ...rest] = part.trim().split("=");
    const address = parseDialAddress(rest.join("="));
    if (!isMemberId(id) || address === null) return null;
    members.push({ id, peerAddress: formatAddress(address) });
  }
  const distinct = (values: readonly string[]) => new Set(values).size === values.length;
  if (!distinct(members.map((member) => member.id))) return null;
  if (!distinct(members.map((member) => member.peerAddress))) return null;
  return members.sort((left, right) => (left.id < right.id ? -1 : 1));
}

/** `ID=HOST:PORT,…`, sorted by id. */
export function formatCluster(members: readonly Member[]): string {
  const sorted = [...members].sort((left, right) => (left.id < right.id ? -1 : 1));
  return sorted.map((member) => `${member.id}=${member.peerAddress}`).join(",");
}

/**
 * What tells this cluster from others: the first 8 bytes of the SHA-256 of the first members' sorted
 * `ID=HOST:PORT` list. Members that were started with different lists therefore never
 * exchange a message. It is kept on disk and stays when the members change.
 */
export function clusterId(firstMembers: readonly Member[]): Uint8Array {
  const digest = createHash("sha256").update(formatCluster(firstMembers)).digest();
  return new Uint8Array(digest.subarray(0, CLUSTER_ID_BYTES));
}
