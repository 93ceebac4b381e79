/** Files of somebody who knows the formats: the checksums hold, and what they vouch for is hostile. */
import { crc32 } from "node:zlib";
import type { Configuration, Entry, SnapshotMetadata } from "../../src/raft/entry.js";
import type { LogRecord } from "../../src/server/ports.js";
import { sealEnvelope } from "../../src/storage/envelope.js";
import { encodeLogRecord, encodeMemberFile } from "../../src/wire/disk-codec.js";
import { CODEC_CORPORA } from "./corpus.js";
import {
  CLUSTER_ID,
  FILES,
  forgedRecord,
  MEMBER_FILE,
  mendEnvelope,
  mendRecord,
  PLACED,
  type PlacedRecord,
  SNAPSHOT,
  SNAPSHOT_FILE,
  SOUND,
} from "./data-directory.js";
import type { Draw } from "./draw.js";
import { snapshotFile, stateBlocks, THREE } from "./member-stages.js";
import { mutated } from "./mutate.js";
import type { Step } from "./script.js";

const BODIES = CODEC_CORPORA.find(({ name }) => name === "log record")?.bodies ?? [];
const MEMBERS = CODEC_CORPORA.find(({ name }) => name === "member file")?.bodies ?? [];
const HEADER_WORDS = [4, 8, 12, 16, 20];
const WORDS = [0, 1, 513, 4096, 0x7fff_ffff, 0xffff_fff0, 0xffff_ffff];

/** One or two files with forgeries in them. */
export function forgedFiles(draw: Draw): Step[] {
  const forge = draw.pick([forgedLog, forgedLog, forgedLog, forgedSnapshot, forgedMember, forgedEnvelope]);
  return draw.once(6) ? [forgedLog(draw), forgedSnapshot(draw)] : [forge(draw)];
}

function forgedLog(draw: Draw): Step {
  const place = draw.pick(PLACED);
  const file = place.segment - 1;
  const bytes = SOUND.contents(FILES[file] as string).slice();
  if (draw.once(4)) forgeHeader(bytes, place, draw);
  else {
    const record = forgedRecord(body(draw, place), place);
    // What stands behind it has its own place; a longer record overwrites it.
    bytes.set(record.subarray(0, bytes.length - place.offset), place.offset);
    if (record.length < place.end - place.offset || draw.once(2)) {
      bytes.fill(0, Math.min(bytes.length, place.offset + record.length));
    }
  }
  return { kind: file, data: bytes };
}

function forgeHeader(bytes: Uint8Array, place: PlacedRecord, draw: Draw): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setUint32(place.offset + draw.pick(HEADER_WORDS), draw.pick(WORDS), true);
  mendRecord(bytes, place);
}

function body(draw: Draw, { record }: PlacedRecord): Uint8Array {
  switch (draw.below(4)) {
    case 0:
      return mutated(encodeLogRecord(record), draw);
    case 1:
      return draw.pick(BODIES);
    default:
      return encodeLogRecord(drawRecord(draw, record));
  }
}

/** Nearly what stands there. */
function drawRecord(draw: Draw, sound: LogRecord): LogRecord {
  const first = sound.entries[0]?.index ?? 5;
  const from = draw.once(2) ? first : Math.max(1, draw.integer(12));
  let term = Math.max(draw.once(8) ? 0 : 1, draw.integer(3));
  const entries: Entry[] = [];
  for (
    let left = draw.below(4), index = from;
    left > 0 && index <= Number.MAX_SAFE_INTEGER;
    left--, index++
  ) {
    if (draw.once(3)) term = draw.integer(4);
    entries.push(
      draw.once(4)
        ? { kind: "configuration", index, term, configuration: configuration(draw) }
        : { kind: "noop", index, term },
    );
  }
  const commitIndex = draw.integer(9);
  const hardState = { currentTerm: draw.integer(4), votedFor: draw.pick([null, "n2", "n9"]), commitIndex };
  return {
    hardState: draw.once(3) ? sound.hardState : hardState,
    snapshot: draw.once(4) ? metadata(draw) : null,
    entries: draw.once(3) ? sound.entries : entries,
  };
}

function metadata(draw: Draw): SnapshotMetadata {
  return {
    lastIncludedIndex: draw.integer(9),
    lastIncludedTerm: draw.integer(4),
    configuration: configuration(draw),
  };
}

function configuration(draw: Draw): Configuration {
  return draw.pick([THREE, { voters: [] }, { voters: [{ id: "n9", peerAddress: "" }] }]);
}

function forgedSnapshot(draw: Draw): Step {
  const sound = stateBlocks();
  const chosen = Array.from({ length: 1 + draw.below(4) }, () => draw.pick(sound));
  const blocks = draw.once(4) ? sound : chosen.map((block) => (draw.once(3) ? mutated(block, draw) : block));
  const file = snapshotFile(
    draw.once(4) ? metadata(draw) : SNAPSHOT,
    blocks.filter(({ length }) => length > 0),
  );
  if (draw.once(4)) forgeBlock(file, draw);
  return { kind: FILES.indexOf(SNAPSHOT_FILE), data: file };
}

/** Another number or length in the header of the first block. */
function forgeBlock(file: Uint8Array, draw: Draw): void {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  const start = 24 + bytes.readUInt32LE(12);
  const seed = bytes.readUInt32LE(20);
  bytes.writeUInt32LE(draw.pick(WORDS), start + draw.pick([0, 4]));
  bytes.writeUInt32LE(crc32(bytes.subarray(start, start + 12), seed), start + 12);
}

function forgedMember(draw: Draw): Step {
  const sound = encodeMemberFile({
    clusterId: CLUSTER_ID,
    memberId: "n1",
    configuration: configuration(draw),
  });
  const chosen = draw.pick([sound, mutated(sound, draw), draw.pick(MEMBERS)]);
  return { kind: FILES.indexOf(MEMBER_FILE), data: sealEnvelope("member file", chosen) };
}

/** Anything in the first bytes of any file. */
function forgedEnvelope(draw: Draw): Step {
  const file = draw.below(FILES.length);
  const bytes = SOUND.contents(FILES[file] as string).slice();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setUint32(4 * draw.below(12), draw.pick(WORDS), true);
  mendEnvelope(bytes);
  // A segment's header seeds all its checksums: without records it may still pass for a spare one.
  if (file < 3 && draw.once(2)) bytes.fill(0, 512);
  return { kind: file, data: bytes };
}
