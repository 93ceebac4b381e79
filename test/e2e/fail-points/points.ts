/**
 * The table of fail points: everywhere a member can be made to die. A point is a place and a moment; its name is
 * `place:moment`. Points are grouped by what a test must do to have the member come by there.
 *
 * Moments: "before": nothing of it has happened. "half": of a write the first half of its sectors is on disk. "done": it
 * has happened, and nobody knows. "told": whoever waited for it has been told, and what follows at once has been done.
 */

import { StateMachine } from "../../../src/kv/state-machine.js";
import { ClientListener } from "../../../src/net/client-listener.js";
import { PeerTransport } from "../../../src/net/peer-transport.js";
import type { Message } from "../../../src/raft/message.js";
import { RawNode } from "../../../src/raft/raw-node.js";
import { ClientService } from "../../../src/server/client-service.js";
import { Replica } from "../../../src/server/replica.js";
import { SnapshotInstaller } from "../../../src/server/snapshot-installer.js";
import { SnapshotSender } from "../../../src/server/snapshot-sender.js";
import { SECTOR_BYTES } from "../../../src/storage/log-record.js";
import { RECORDS_OFFSET } from "../../../src/storage/segment.js";
import { SegmentKeeper } from "../../../src/storage/segment-keeper.js";
import { SequentialWriter } from "../../../src/storage/sequential-writer.js";
import { FileSnapshotStore } from "../../../src/storage/snapshot-store.js";
import { WriteAheadLog } from "../../../src/storage/write-ahead-log.js";
import { at, onDirectorySync, onDisk, onFile, type Place } from "./places.js";

export type Moment = "before" | "half" | "done" | "told";

export interface FailPoint extends Place {
  readonly name: string;
  readonly moment: Moment;
  /** Who comes by there. */
  readonly by: Role;
  /**
   * The point at which the member must have died in the life before, for there to be anything to do. Of the points after one,
   * each leaves the next something.
   */
  readonly after: string | null;
}

export type Role = "any" | "leader" | "follower";

const SEGMENT = /\/log\/\d+\.wal$/;
const NEW_SEGMENT = /\.wal\.new$/;
const LOG_DIRECTORY = /\/log$/;
const DRAFT = /\.part$/;
const SNAPSHOT = /\.snap$/;
const SNAPSHOT_DIRECTORY = /\/snapshots$/;
const MEMBER = /\/member$/;
const NEW_MEMBER = /\/member\.new$/;
interface Write {
  readonly bytes: number;
  readonly offset: number;
}

const hasHalves = ({ bytes }: Write): boolean => bytes >= 2 * SECTOR_BYTES;
/** A segment whose first record is torn is thrown away: then there is nothing to erase. */
const hasHalvesAfterOthers = (write: Write): boolean => hasHalves(write) && write.offset > RECORDS_OFFSET;

function points(
  name: string,
  place: Place,
  moments: readonly Moment[],
  { by = "any", after = null }: { readonly by?: Role; readonly after?: string | null } = {},
): readonly FailPoint[] {
  return moments.map((moment) => ({ ...place, name: `${name}:${moment}`, moment, by, after }));
}

const sending = (...types: readonly Message["type"][]): Place =>
  at(PeerTransport.prototype, "send", (messages) => messages.some(({ type }) => types.includes(type)));
const sendingEntries = at(PeerTransport.prototype, "send", (messages) =>
  messages.some((message) => message.type === "appendEntries" && message.entries.length > 0),
);

/** Come by in every turn of a replica while clients write and read. */
const TALKING: readonly FailPoint[] = [
  ...points("ready", at(RawNode.prototype, "ready"), ["done"]),
  ...points("append-receive", at(Replica.prototype, "receive", isAppend), ["before", "done"], {
    by: "follower",
  }),
  ...points("append-reply-send", sending("appendEntriesReply"), ["before", "done"], { by: "follower" }),
  ...points("propose", at(RawNode.prototype, "propose"), ["before", "done"], { by: "leader" }),
  ...points("append-send", sendingEntries, ["before", "done"], { by: "leader" }),
  ...points("heartbeat-send", sending("heartbeat"), ["before", "done"], { by: "leader" }),
  ...points("advance", at(RawNode.prototype, "advance"), ["before", "done"]),
  ...points("apply", at(StateMachine.prototype, "apply"), ["before", "done"]),
  ...points(
    "reply",
    at(Replica.prototype, "handle", ({ kind }) => kind === "command"),
    ["done", "told"],
    { by: "leader" },
  ),
  ...points(
    "read-reply",
    at(Replica.prototype, "handle", ({ kind }) => kind === "get"),
    ["done", "told"],
    { by: "leader" },
  ),
  ...points(
    "answer-reads",
    at(ClientService.prototype, "answerReads", ({ reads }) => reads.length > 0),
    ["before"],
    { by: "leader" },
  ),
];

/** Come by again and again meanwhile, where the disk changes. */
export const WRITING: readonly FailPoint[] = [
  // A record of the log.
  ...points("log-write", onFile("write", SEGMENT), ["before", "done", "told"]),
  ...points("log-write", onFile("write", SEGMENT, hasHalvesAfterOthers), ["half"]),
  // The next segment, and the switch to it.
  ...points("segment-create", onDisk("open", NEW_SEGMENT), ["done"]),
  ...points("segment-zero", onFile("write", NEW_SEGMENT, hasHalves), ["before", "half", "done"]),
  ...points("segment-sync", onFile("sync", NEW_SEGMENT), ["before", "done"]),
  ...points("segment-rename", onDisk("rename", NEW_SEGMENT), ["before", "done"]),
  ...points("segment-open", onDisk("open", SEGMENT, "write"), ["before", "done"]),
  ...points("segment-take", at(SegmentKeeper.prototype, "take"), ["before", "done"]),
  ...points("segment-begun", at(SegmentKeeper.prototype, "begun"), ["before", "done"]),
  // A snapshot of the own state.
  ...points("snapshot-view", at(StateMachine.prototype, "view"), ["done"]),
  ...points("snapshot-create", at(FileSnapshotStore.prototype, "create"), ["before", "done"]),
  ...points("draft-write", onFile("write", DRAFT, hasHalves), ["before", "half", "done"]),
  ...points("draft-sync", onFile("sync", DRAFT), ["before", "done"]),
  ...points("draft-rename", onDisk("rename", DRAFT), ["before", "done"]),
  ...points("snapshot-directory-sync", onDirectorySync(SNAPSHOT_DIRECTORY), ["done"]),
  ...points("snapshot-unlink", onDisk("unlink", SNAPSHOT), ["before", "done"]),
  // What it covers goes.
  ...points("core-compact", at(RawNode.prototype, "compact"), ["before", "done"]),
  ...points("log-compact", at(WriteAheadLog.prototype, "compact"), ["before", "done"]),
  ...points("segment-unlink", onDisk("unlink", SEGMENT), ["before", "done"]),
  ...points("log-directory-sync", onDirectorySync(LOG_DIRECTORY), ["before", "done"]),
];

export const RUNNING: readonly FailPoint[] = [...TALKING, ...WRITING];

/** Come by when a leader has to be elected. */
export const ELECTING: readonly FailPoint[] = [
  ...points("pre-vote-send", sending("preVote"), ["done"]),
  ...points("candidate-send", sending("requestVote"), ["before", "done"]),
  ...points("vote-write", at(WriteAheadLog.prototype, "persist", bearsHardStateAlone), [
    "before",
    "done",
    "told",
  ]),
  ...points("vote-send", sending("requestVoteReply"), ["before", "done"]),
];

/** Come by when the member is told to end. */
export const STOPPING: readonly FailPoint[] = [
  ...points("stop", at(Replica.prototype, "stop"), ["before", "done", "told"]),
  ...points("transfer", at(RawNode.prototype, "transferLeadership"), ["done"], { by: "leader" }),
  ...points("timeout-now-send", sending("timeoutNow"), ["before", "done"], { by: "leader" }),
  ...points("log-close", at(WriteAheadLog.prototype, "close"), ["before", "done"]),
];

/** Come by before the member is ready. */
export const BOOTING: readonly FailPoint[] = [
  ...points("member-open", onDisk("open", MEMBER), ["done"]),
  ...points("boot-snapshots", at(FileSnapshotStore, "open"), ["before", "done"]),
  ...points("boot-log", at(WriteAheadLog, "open"), ["before", "done"]),
  ...points("boot-segment-read", onDisk("open", SEGMENT, "read"), ["before", "done"]),
  ...points("boot-new-segment-unlink", onDisk("unlink", NEW_SEGMENT), ["before", "done"], {
    after: "segment-zero:half",
  }),
  ...points("boot-torn-erase", onFile("write", SEGMENT), ["before", "done"], { after: "log-write:half" }),
  ...points("boot-compact", at(WriteAheadLog.prototype, "compact"), ["before", "done"]),
  ...points("boot-draft-unlink", onDisk("unlink", DRAFT), ["before", "done"], { after: "draft-write:half" }),
  ...points("boot-snapshot-unlink", onDisk("unlink", SNAPSHOT), ["before", "done"], {
    after: "snapshot-directory-sync:done",
  }),
  ...points("boot-leftovers", at(FileSnapshotStore.prototype, "removeLeftovers"), ["done"]),
  ...points("boot-load", at(StateMachine.prototype, "restorePair"), ["before", "done"]),
  ...points("listen-clients", at(ClientListener.prototype, "listen"), ["before", "done"]),
  ...points("listen-peers", at(PeerTransport.prototype, "listen"), ["before", "done"]),
];

/** Come by while a data directory is made, in this order: none of them leaves so much that those after it have nothing to do. */
export const FIRST_BOOTING: readonly FailPoint[] = [
  ...points("first-directory", onDisk("makeDirectory", LOG_DIRECTORY), ["before", "done"]),
  ...points("first-segment-zero", onFile("write", NEW_SEGMENT, hasHalves), ["half"]),
  ...points("first-segment-rename", onDisk("rename", NEW_SEGMENT), ["before", "done"]),
  ...points("first-record", onFile("write", SEGMENT), ["before", "done"]),
  ...points("member-write", onFile("write", NEW_MEMBER), ["before", "done"]),
  ...points("member-sync", onFile("sync", NEW_MEMBER), ["done"]),
  ...points("member-rename", onDisk("rename", NEW_MEMBER), ["before", "done"]),
];

/** Come by while a follower takes over its leader's snapshot. */
export const INSTALLING: readonly FailPoint[] = [
  ...points("install-chunk", at(SnapshotInstaller.prototype, "handle"), ["before", "done"]),
  ...points("install-receive", at(FileSnapshotStore.prototype, "receive"), ["before", "done"]),
  ...points("install-draft-write", onFile("write", DRAFT, hasHalves), ["half", "done"]),
  ...points("install-chunk-written", at(RawNode.prototype, "chunkWritten"), ["before", "done"]),
  ...points("install-finish", at(SequentialWriter.prototype, "finish"), ["before", "done"]),
  ...points("install-verify", onDisk("open", DRAFT, "read"), ["done"]),
  ...points("install-rename", onDisk("rename", DRAFT), ["before", "done"]),
  ...points("install-directory-sync", onDirectorySync(SNAPSHOT_DIRECTORY), ["done"]),
  ...points("install-unlink", onDisk("unlink", SNAPSHOT), ["done"]),
  ...points("install-switch", at(RawNode.prototype, "restore"), ["before", "done"]),
  ...points(
    "install-mark",
    at(WriteAheadLog.prototype, "persist", ({ snapshot }) => snapshot !== null),
    ["before", "done", "told"],
  ),
];

/** Come by on a leader while it sends its snapshot to a follower. */
export const SENDING: readonly FailPoint[] = [
  ...points("chunk-request", at(SnapshotSender.prototype, "handle"), ["before"], { by: "leader" }),
  ...points("chunk-read", at(RawNode.prototype, "snapshotChunk"), ["before", "done"], { by: "leader" }),
  ...points("chunk-send", sending("installSnapshot"), ["before", "done"], { by: "leader" }),
];

export const ALL_POINTS: readonly FailPoint[] = [
  RUNNING,
  ELECTING,
  STOPPING,
  BOOTING,
  FIRST_BOOTING,
  INSTALLING,
  SENDING,
].flat();

function isAppend(message: Message): boolean {
  return message.type === "appendEntries" && message.entries.length > 0;
}

function bearsHardStateAlone({
  hardState,
  entries,
}: {
  readonly hardState: unknown;
  readonly entries: readonly unknown[];
}): boolean {
  return hardState !== null && entries.length === 0;
}
