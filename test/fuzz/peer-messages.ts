/**
 * What a hostile or broken member may say: messages that are well-formed, nearly right for where the receiver
 * stands, and lies.
 */
import type { Configuration, Entry, Member } from "../../src/raft/entry.js";
import type { Message } from "../../src/raft/message.js";
import type { Draw } from "./draw.js";
import { CLIENT_ID, commandEntry, put, snapshotFile, stateBlocks, THREE } from "./member-stages.js";
import { mutated } from "./mutate.js";

const INDEX_MAX = 14;
const TERM_MAX = 7;

const index = (draw: Draw): number => draw.integer(INDEX_MAX);
const term = (draw: Draw): number => draw.integer(TERM_MAX);
const flag = (draw: Draw): boolean => draw.once(2);

/** `from` sends it, to n1. */
export function drawMessage(draw: Draw, from: string): Message {
  const ends = { from, to: "n1", term: term(draw) };
  return draw.pick(KINDS)(draw, ends);
}

type Ends = Pick<Message, "from" | "to" | "term">;

const KINDS: readonly ((draw: Draw, ends: Ends) => Message)[] = [
  (draw, ends) => ({ type: "preVote", ...ends, lastLogIndex: index(draw), lastLogTerm: term(draw) }),
  (draw, ends) => ({ type: "preVoteReply", ...ends, granted: flag(draw) }),
  (draw, ends) => ({
    type: "requestVote",
    ...ends,
    lastLogIndex: index(draw),
    lastLogTerm: term(draw),
    leadershipTransfer: flag(draw),
  }),
  (draw, ends) => ({ type: "requestVoteReply", ...ends, granted: !draw.once(4) }),
  appendEntries,
  appendEntries,
  appendEntries,
  (draw, ends) => ({
    type: "appendEntriesReply",
    ...ends,
    accepted: flag(draw),
    matchIndex: index(draw),
    prevLogIndex: index(draw),
    conflictTerm: term(draw),
    conflictIndex: index(draw),
  }),
  (draw, ends) => ({
    type: "heartbeat",
    ...ends,
    leaderCommit: index(draw),
    readSequence: draw.integer(4),
    completeIndex: index(draw),
  }),
  (draw, ends) => ({ type: "heartbeatReply", ...ends, readSequence: draw.integer(4) }),
  installSnapshot,
  (draw, ends) => ({
    type: "installSnapshotReply",
    ...ends,
    lastIncludedIndex: index(draw),
    offset: draw.integer(1000),
    installed: flag(draw),
  }),
  (_draw, ends) => ({ type: "timeoutNow", ...ends }),
  (draw, ends) => ({ type: "readIndex", ...ends, context: draw.integer(4) }),
  (draw, ends) => ({ type: "readIndexReply", ...ends, context: draw.integer(4), index: index(draw) }),
];

function appendEntries(draw: Draw, ends: Ends): Message {
  const prevLogIndex = index(draw);
  // Often as in the receiver's log: only what follows the truth so far gets anywhere.
  const prevLogTerm = draw.once(3) ? term(draw) : termNear(prevLogIndex);
  const count = prevLogIndex > INDEX_MAX ? draw.below(2) : draw.below(5);
  let entryTerm = Math.max(1, prevLogTerm);
  const entries: Entry[] = [];
  for (let at = 1; at <= count && prevLogIndex + at <= Number.MAX_SAFE_INTEGER; at++) {
    if (draw.once(3)) entryTerm = Math.min(entryTerm + draw.below(3), Number.MAX_SAFE_INTEGER);
    entries.push(entry(draw, { index: prevLogIndex + at, term: entryTerm }));
  }
  return { type: "appendEntries", ...ends, prevLogIndex, prevLogTerm, leaderCommit: index(draw), entries };
}

function entry(draw: Draw, at: { index: number; term: number }): Entry {
  switch (draw.below(8)) {
    case 0:
      return { kind: "noop", ...at };
    case 1:
      return { kind: "configuration", ...at, configuration: configuration(draw) };
    case 2:
      return { kind: "command", ...at, data: draw.bytes(draw.below(20)) };
    case 3:
      return commandEntry(at.index, at.term, { kind: "clock", timeMs: draw.integer(5_000_000) });
    case 4:
      return commandEntry(at.index, at.term, { kind: "open", clientId: draw.pick([CLIENT_ID, "client-2"]) });
    case 5:
      return commandEntry(at.index, at.term, {
        kind: "close",
        clientId: CLIENT_ID,
        session: draw.integer(8),
      });
    default:
      return commandEntry(at.index, at.term, put(Math.max(1, draw.integer(4)), draw.integer(8)));
  }
}

function configuration(draw: Draw): Configuration {
  const voters: Member[] = ["n1", "n2", "n3", "n4", "n5"]
    .filter(() => flag(draw))
    .map((id) => ({ id, peerAddress: draw.pick(["h:1", "", "\0"]) }));
  return { voters };
}

/** A chunk of a whole file in one, mostly; its checksums hold, whatever it says. */
function installSnapshot(draw: Draw, ends: Ends): Message {
  const metadata = {
    lastIncludedIndex: draw.once(2) ? 9 : index(draw),
    lastIncludedTerm: draw.once(2) ? 3 : term(draw),
    configuration: draw.once(3) ? configuration(draw) : THREE,
  };
  const whole = snapshotFile(metadata, draw.once(2) ? blocks(draw) : undefined);
  const file = draw.once(4) ? mutated(whole, draw) : whole;
  const offset = draw.once(4) ? draw.integer(file.length) : 0;
  const end = draw.once(4) ? Math.min(offset, file.length) + draw.below(200) : file.length;
  return {
    type: "installSnapshot",
    ...ends,
    ...metadata,
    offset,
    data: file.subarray(Math.min(offset, file.length), end),
    done: !draw.once(4),
  };
}

/** Blocks as they should be, in the wrong order, twice, or changed. */
function blocks(draw: Draw): Uint8Array[] {
  const sound = stateBlocks();
  const chosen = Array.from({ length: 1 + draw.below(4) }, () => draw.pick(sound));
  return chosen
    .map((block) => (draw.once(4) ? mutated(block, draw) : block))
    .filter(({ length }) => length > 0);
}

function termNear(at: number): number {
  if (at === 0) return 0;
  return at < 5 ? 1 : at < 7 ? 2 : 3;
}
