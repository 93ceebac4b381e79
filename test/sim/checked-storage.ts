/** A member's storage with the checkers looking on, and with chunks of snapshots that are smaller than the real ones. */
import { assert } from "../../src/base/assert.js";
import { stateDigest } from "../../src/kv/digest.js";
import { StateMachine } from "../../src/kv/state-machine.js";
import type { MemberId, SnapshotMetadata } from "../../src/raft/entry.js";
import type { LogStore, SnapshotReader, SnapshotStore } from "../../src/server/ports.js";
import { byteMemory } from "../../src/wire/bytes.js";
import { decodeSnapshotBlock } from "../../src/wire/snapshot-block-codec.js";
import { describeRecord } from "./describe.js";
import type { World } from "./world.js";

export function checkedLog(world: World, id: MemberId, log: LogStore): LogStore {
  const { consensus, trace } = world;
  return {
    persist: (record, done) => {
      const { entries, hardState, snapshot } = record;
      trace.event(
        id,
        ["persist", entries.length, entries[0]?.index ?? 0],
        () => `writes ${describeRecord(record)}`,
      );
      consensus.persisting(id, { entries, hardState, snapshot });
      log.persist(record, () => {
        trace.event(id, ["persisted"], () => "has written");
        consensus.persisted(id);
        done();
      });
    },
    compact: (index) => log.compact(index),
  };
}

export function checkedSnapshots(world: World, id: MemberId, store: SnapshotStore): SnapshotStore {
  return {
    create: async (metadata) => {
      const writer = await store.create(metadata);
      const blocks: Uint8Array[] = [];
      return {
        write: (block) => {
          blocks.push(block.slice());
          return writer.write(block);
        },
        commit: () => {
          checkSnapshot(world, id, { metadata, blocks });
          return writer.commit();
        },
        abort: () => writer.abort(),
      };
    },
    receive: (metadata) => store.receive(metadata),
    get newestBytes() {
      return store.newestBytes;
    },
    open: async () => {
      const reader = await store.open();
      return reader === null ? null : inSmallChunks(reader, world.plan.chunkBytes);
    },
  };
}

function checkSnapshot(
  { plan, service, consensus, counts }: World,
  id: MemberId,
  snapshot: { readonly metadata: SnapshotMetadata; readonly blocks: readonly Uint8Array[] },
): void {
  const { lastIncludedIndex, lastIncludedTerm } = snapshot.metadata;
  assert(
    consensus.termAt(lastIncludedIndex) === lastIncludedTerm,
    `${id} names the wrong term in a snapshot`,
  );
  const state = new StateMachine(plan.stateLimits, byteMemory);
  for (const bytes of snapshot.blocks) {
    const block = decodeSnapshotBlock(bytes);
    if (block.header !== null) state.restoreHeader(block.header);
    for (const pair of block.pairs) assert(state.restorePair(pair), `${id} loses a term in a snapshot`);
    for (const session of block.sessions) state.restoreSession(session);
  }
  assert(
    stateDigest(state) === service.digestAt(lastIncludedIndex),
    `${id} takes a snapshot of another state than that at ${lastIncludedIndex}`,
  );
  counts.snapshotsTaken++;
}

function inSmallChunks(reader: SnapshotReader, chunkBytes: number): SnapshotReader {
  return {
    metadata: reader.metadata,
    sizeBytes: reader.sizeBytes,
    read: (offset, lengthMax) => reader.read(offset, Math.min(lengthMax, chunkBytes)),
    blocks: () => reader.blocks(),
    close: () => reader.close(),
  };
}
