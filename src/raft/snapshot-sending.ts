/**
 * The leader's side of InstallSnapshot (figure 13): one chunk at a time to each follower that
 * needs entries which are gone. The bytes are the owner's; this file only keeps the place.
 */
import { acknowledge } from "./acknowledgement.js";
import type { MemberId, SnapshotMetadata } from "./entry.js";
import type { Leadership } from "./leadership.js";
import type { InstallSnapshotReply } from "./message.js";
import type { Progress } from "./progress.js";
import type { Raft } from "./raft.js";

/** A chunk's bytes, as the owner found them. */
export interface SnapshotChunk {
  readonly to: MemberId;
  readonly metadata: SnapshotMetadata;
  /** As it was asked for. */
  readonly offset: number;
  readonly data: Uint8Array;
  /** The last chunk. */
  readonly done: boolean;
}

/** `peer` gets the newest snapshot from now on. */
export function beginSnapshot(raft: Raft, peer: Progress): void {
  peer.becomeSnapshot();
  raft.outbox.chunkRequests.push({ to: peer.id, lastIncludedIndex: 0, offset: 0 });
}

/** The owner has the bytes that were asked for. They may come too late to be of use. */
export function sendChunk(raft: Raft, leadership: Leadership, chunk: SnapshotChunk): void {
  const { metadata, offset, data, done } = chunk;
  const transfer = leadership.peer(chunk.to)?.transfer ?? null;
  if (transfer === null || transfer.awaiting !== "bytes" || transfer.offset !== offset) return;
  const isBeginning = transfer.lastIncludedIndex === 0;
  if (!isBeginning && transfer.lastIncludedIndex !== metadata.lastIncludedIndex) return;
  transfer.lastIncludedIndex = metadata.lastIncludedIndex;
  transfer.awaiting = "reply";
  transfer.ticksAwaited = 0;
  raft.send({
    type: "installSnapshot",
    from: raft.id,
    to: chunk.to,
    term: raft.currentTerm,
    lastIncludedIndex: metadata.lastIncludedIndex,
    lastIncludedTerm: metadata.lastIncludedTerm,
    configuration: metadata.configuration,
    offset,
    data,
    done,
  });
}

/** The owner cannot read that snapshot: the next heartbeat reply begins anew with what is there then. */
export function abandonSnapshot(leadership: Leadership, to: MemberId): void {
  const peer = leadership.peer(to);
  if (peer?.state !== "snapshot") return;
  peer.becomeProbe(peer.nextIndex);
  peer.probeSent = true;
}

export function handleInstallSnapshotReply(
  raft: Raft,
  leadership: Leadership,
  peer: Progress,
  message: InstallSnapshotReply,
): void {
  const { lastIncludedIndex, offset, installed } = message;
  if (installed) {
    // A snapshot holds committed entries: a reply that names more is not to one of ours.
    if (lastIncludedIndex > raft.log.commitIndex) return;
    const isNews = lastIncludedIndex > peer.matchIndex;
    if (peer.state === "snapshot" && isNews) peer.becomeProbe(lastIncludedIndex + 1);
    acknowledge(raft, leadership, peer, lastIncludedIndex);
    return;
  }
  const { transfer } = peer;
  if (transfer === null || transfer.awaiting !== "reply") return;
  // The follower still wants the chunk that is out: a repeated reply to the one before. If the chunk was
  // lost, askForChunkAgain sees to it; asking at every repetition would double the traffic for ever.
  if (transfer.lastIncludedIndex !== lastIncludedIndex || transfer.offset === offset) return;
  askForChunk(raft, peer, offset);
}

/**
 * The follower lives, but nothing has come of the transfer for long: the chunk or the reply to it was lost,
 * or the owner was busy with a chunk of an earlier transfer and has let the request go.
 */
export function askForChunkAgain(raft: Raft, peer: Progress): void {
  const { transfer } = peer;
  if (transfer === null || transfer.ticksAwaited < raft.electionTimeoutTicks) return;
  askForChunk(raft, peer, transfer.offset);
}

function askForChunk(raft: Raft, peer: Progress, offset: number): void {
  const { transfer } = peer;
  if (transfer === null) return;
  transfer.offset = offset;
  transfer.awaiting = "bytes";
  transfer.ticksAwaited = 0;
  raft.outbox.chunkRequests.push({ to: peer.id, lastIncludedIndex: transfer.lastIncludedIndex, offset });
}
