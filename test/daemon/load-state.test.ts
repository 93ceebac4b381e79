import test from "ava";
import { loadState } from "../../src/daemon/load-state.js";
import { UNKNOWN_METADATA } from "../../src/kv/key-metadata.js";
import type { SnapshotReader } from "../../src/server/ports.js";
import { encodeSnapshotBlock, type SnapshotBlock } from "../../src/wire/snapshot-block-codec.js";

const limits = { valueBytesMax: 100, sessionsMax: 10, sessionIdleMs: 1000, sessionResultsMax: 10 };
const options = { limits, directory: "/data" };
const session = { clientId: "client-1", session: 1, activeMs: 1, acknowledgedBelow: 0, results: [] };

function stored(...blocks: readonly SnapshotBlock[]): { open(): Promise<SnapshotReader> } {
  const reader: SnapshotReader = {
    metadata: { lastIncludedIndex: 4, lastIncludedTerm: 1, configuration: { voters: [] } },
    sizeBytes: 0,
    read: async () => new Uint8Array(),
    async *blocks() {
      for (const block of blocks) yield encodeSnapshotBlock(block);
    },
    close: async () => {},
  };
  return { open: async () => reader };
}

test("a member without a snapshot begins with nothing, one with a snapshot with what it holds", async (t) => {
  t.is((await loadState({ open: async () => null }, options)).keyCount, 0);
  const header = { clockMs: 1, termStarts: [] };
  const blocks = stored({
    header,
    pairs: [{ key: "k", value: "v", metadata: UNKNOWN_METADATA }],
    sessions: [{ ...session, activeOrder: 4 }],
  });
  let steps = 0;
  const onProgress = () => {
    steps++;
  };
  t.is((await loadState(blocks, { ...options, onProgress })).get("k"), "v");
  t.is(steps, 1, "one for each block");
});

test("a snapshot whose content makes no sense is refused with its place and its index", async (t) => {
  const fault = {
    name: "StorageError",
    code: "corrupt",
    message: /^\/data: the snapshot at index 4 makes no sense/,
  };
  const header = { clockMs: 1, termStarts: [] };
  await t.throwsAsync(loadState(stored({ header: null, pairs: [], sessions: [] }), options), fault);
  const ahead = stored({ header, pairs: [], sessions: [{ ...session, activeOrder: 5 }] });
  await t.throwsAsync(loadState(ahead, options), fault);
});
