import test from "ava";
import { StateMachine } from "../../src/kv/state-machine.js";
import { loadSnapshot, snapshotBlocks } from "../../src/server/snapshot-content.js";
import { byteMemory } from "../../src/wire/bytes.js";
import { encodeSnapshotBlock, type SnapshotBlock } from "../../src/wire/disk-codec.js";
import { LIMITS } from "./virtual-cluster.js";

const HEADER: SnapshotBlock = { header: { clockMs: 5 }, pairs: [], sessions: [] };
const pair = (key: string): SnapshotBlock => ({ header: null, pairs: [{ key, value: "v" }], sessions: [] });
const session = (clientId: string, activeOrder: number, ...sequences: number[]): SnapshotBlock => ({
  header: null,
  pairs: [],
  sessions: [
    {
      clientId,
      session: 1,
      activeMs: 5,
      activeOrder,
      acknowledgedBelow: 2,
      results: sequences.map((sequence) => ({ sequence, status: "done", index: 3 })),
    },
  ],
});

function load(
  blocks: readonly SnapshotBlock[],
  state = new StateMachine(LIMITS, byteMemory),
): Promise<number> {
  const encoded = async function* (): AsyncGenerator<Uint8Array> {
    for (const block of blocks) yield encodeSnapshotBlock(block);
  };
  return loadSnapshot(state, encoded());
}

test("what was taken is loaded, and the highest index in it is told", async (t) => {
  const blocks = [HEADER, pair(""), pair("a"), session("client-1", 7, 2, 3), session("client-2", 9)];
  const state = new StateMachine(LIMITS, byteMemory);
  t.is(await load(blocks, state), 9);
  const again = [...snapshotBlocks(state.view())].map((block) => block.slice());
  t.is(again.length, 3);
  t.deepEqual([state.keyCount, state.sessionCount, state.clockMs], [2, 2, 5]);
});

const senseless: readonly [string, readonly SnapshotBlock[]][] = [
  ["nothing at all", []],
  ["no header", [pair("a")]],
  ["two headers", [HEADER, HEADER]],
  ["a header behind the first block", [HEADER, pair("a"), HEADER]],
  ["a key twice", [HEADER, pair("a"), pair("a")]],
  ["keys out of order", [HEADER, pair("b"), pair("a")]],
  ["the empty key behind another", [HEADER, pair("b"), pair("")]],
  ["a client twice", [HEADER, session("client-1", 7), session("client-1", 8)]],
  ["two sessions in one place of the order", [HEADER, session("client-1", 7), session("client-2", 7)]],
  ["a result that was acknowledged", [HEADER, session("client-1", 7, 1)]],
  ["a result twice", [HEADER, session("client-1", 7, 3, 3)]],
];
for (const [name, blocks] of senseless) {
  test(`PITFALLS 24: blocks that make no sense are refused, and break no invariant: ${name}`, async (t) => {
    await t.throwsAsync(load(blocks), { name: "WireError" });
  });
}
