/** Where a member stands when hostile bytes reach it: each stage is reached by real events. */

import type { Command } from "../../src/kv/command.js";
import { StateMachine } from "../../src/kv/state-machine.js";
import type { Configuration, Entry, SnapshotMetadata } from "../../src/raft/entry.js";
import type { Message } from "../../src/raft/message.js";
import { snapshotBlocks } from "../../src/server/snapshot-content.js";
import { SnapshotEncoder } from "../../src/storage/snapshot-file.js";
import { byteMemory } from "../../src/wire/bytes.js";
import { encodeCommand } from "../../src/wire/command-codec.js";
import { LIMITS, MemberWorld, SNAPSHOT_DIRECTORY, type WorldOptions } from "./member-world.js";
import { MemoryDisk } from "./memory-disk.js";
import { joined } from "./mutate.js";

export const THREE: Configuration = {
  voters: ["n1", "n2", "n3"].map((id) => ({ id, peerAddress: `${id}:2` })),
};
const ALONE: Configuration = { voters: [{ id: "n1", peerAddress: "n1:2" }] };

export const CLIENT_ID = "client-1";
/** Of entries 4 to 8 the first opens a session, so its name is 4. */
export const SESSION = 4;
const TERM = 3;

export const put = (sequence: number, session = SESSION): Extract<Command, { kind: "session" }> => ({
  kind: "session",
  clientId: CLIENT_ID,
  session,
  sequence,
  acknowledgedBelow: 0,
  operation: { kind: "put", key: `k${sequence}`, value: "v" },
});

export function commandEntry(index: number, term: number, command: Command): Entry {
  return { kind: "command", index, term, data: encodeCommand(command) };
}

/** A whole snapshot file of a small state. */
export function snapshotFile(metadata: SnapshotMetadata, blocks?: readonly Uint8Array[]): Uint8Array {
  const encoder = new SnapshotEncoder(metadata);
  const content = blocks ?? stateBlocks();
  return joined(
    encoder.start,
    ...[...content, new Uint8Array(0)].flatMap((b) => [encoder.blockHeader(b), b]),
  );
}

/** What stands at index 3. */
function smallState(): StateMachine {
  const state = new StateMachine(LIMITS, byteMemory);
  state.apply({ index: 1, term: 1 }, { kind: "clock", timeMs: 1000 });
  state.apply({ index: 2, term: 1 }, { kind: "open", clientId: "client-0" });
  state.apply({ index: 3, term: 1 }, { ...put(1, 2), clientId: "client-0" });
  return state;
}

/** Its blocks. */
export function stateBlocks(): readonly Uint8Array[] {
  return STATE_BLOCKS;
}

function usedBy(configuration: Configuration): WorldOptions {
  const snapshot = { lastIncludedIndex: 3, lastIncludedTerm: 1, configuration };
  const entries: Entry[] = [
    commandEntry(4, 1, { kind: "open", clientId: CLIENT_ID }),
    { kind: "noop", index: 5, term: 2 },
    commandEntry(6, 2, put(1)),
    commandEntry(7, TERM, put(2)),
    commandEntry(8, TERM, put(3)),
  ];
  const disk = new MemoryDisk();
  disk.tamper(`${SNAPSHOT_DIRECTORY}/0000000000000003-0000000000000001.snap`, snapshotFile(snapshot));
  return {
    restored: { hardState: { currentTerm: TERM, votedFor: null, commitIndex: 5 }, snapshot, entries },
    disk,
    state: smallState,
  };
}

function newcomer(): WorldOptions {
  const snapshot = { lastIncludedIndex: 0, lastIncludedTerm: 0, configuration: THREE };
  const hardState = { currentTerm: 0, votedFor: null, commitIndex: 0 };
  const state = () => new StateMachine(LIMITS, byteMemory);
  return { restored: { hardState, snapshot, entries: [] }, disk: new MemoryDisk(), state };
}

const STATE_BLOCKS = [...snapshotBlocks(smallState())].map((block) => new Uint8Array(block));
const USED = usedBy(THREE);
const SOLE = usedBy(ALONE);

type Stage = () => Promise<MemberWorld>;

const opened = ({ restored, disk, state }: WorldOptions): Promise<MemberWorld> =>
  MemberWorld.open({ restored, disk: disk.fork(), state });

/** Time passes until the member has left the role of follower. */
async function standing(): Promise<MemberWorld> {
  const world = await opened(USED);
  while (world.replica.status().role === "follower") {
    world.replica.tick();
    world.settle();
  }
  return world;
}

async function candidate(): Promise<MemberWorld> {
  const world = await standing();
  world.replica.receive({ type: "preVoteReply", ...from2(TERM + 1), granted: true });
  world.settle();
  return world;
}

async function leader(): Promise<MemberWorld> {
  const world = await candidate();
  world.replica.receive({ type: "requestVoteReply", ...from2(TERM + 1), granted: true });
  world.settle();
  return world;
}

async function follower(): Promise<MemberWorld> {
  const world = await opened(USED);
  world.replica.receive({
    type: "heartbeat",
    ...from2(TERM),
    leaderCommit: 6,
    readSequence: 1,
    completeIndex: 6,
  });
  world.settle();
  return world;
}

async function alone(): Promise<MemberWorld> {
  const world = await opened(SOLE);
  while (world.replica.status().role !== "leader") {
    world.replica.tick();
    world.settle();
  }
  return world;
}

export const STAGES: readonly Stage[] = [
  () => opened(newcomer()),
  () => opened(USED),
  follower,
  standing,
  candidate,
  leader,
  leader,
  alone,
];

function from2(term: number): Pick<Message, "from" | "to" | "term"> {
  return { from: "n2", to: "n1", term };
}
