import test from "ava";
import { stateDigest } from "../../src/kv/digest.js";
import { UNKNOWN_METADATA } from "../../src/kv/key-metadata.js";
import { StateMachine } from "../../src/kv/state-machine.js";
import { loadSnapshot, snapshotBlocks } from "../../src/server/snapshot-content.js";
import { byteMemory } from "../../src/wire/bytes.js";
import {
  decodeSnapshotBlock,
  encodeSnapshotBlock,
  type SnapshotBlock,
} from "../../src/wire/snapshot-block-codec.js";
import { LIMITS } from "./virtual-cluster.js";

const METADATA = { lastIncludedIndex: 9, lastIncludedTerm: 3, configuration: { voters: [] } };
const header = (...terms: [index: number, term: number][]): SnapshotBlock => ({
  header: { clockMs: 5, termStarts: terms.map(([index, term]) => ({ index, term })) },
  pairs: [],
  sessions: [],
});
const HEADER = header([2, 1], [8, 3]);
const pair = (key: string, createdIndex = 2, changedIndex = 9): SnapshotBlock => {
  const metadata = {
    createdIndex,
    createdSeconds: 4,
    changedIndex,
    changedSeconds: 5,
    clientId: "client-1",
    sequence: 3,
    appends: 2,
  };
  return { header: null, pairs: [{ key, value: "v", metadata }], sessions: [] };
};
/** As it was before members kept anything of keys but their values. */
const oldPair = (key: string): SnapshotBlock => ({
  header: null,
  pairs: [{ key, value: "v", metadata: UNKNOWN_METADATA }],
  sessions: [],
});
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

async function load(
  blocks: readonly SnapshotBlock[],
  state = new StateMachine(LIMITS, byteMemory),
): Promise<StateMachine> {
  const encoded = async function* (): AsyncGenerator<Uint8Array> {
    for (const block of blocks) yield encodeSnapshotBlock(block);
  };
  await loadSnapshot(state, METADATA, encoded());
  return state;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("what was taken is loaded, and can be taken again", async (t) => {
  const blocks = [HEADER, pair(""), pair("a"), session("client-1", 7, 2, 3), session("client-2", 9)];
  const state = await load(blocks);
  t.deepEqual([state.keyCount, state.sessionCount, state.clockMs], [2, 2, 5]);
  const again = [...snapshotBlocks(state.view())].map((block) => block.slice());
  t.is(again.length, 3);
  t.is(stateDigest(await load(again.map(decodeSnapshotBlock))), stateDigest(state));
});

test("what is kept of a key comes back, its terms too", async (t) => {
  const state = await load([HEADER, pair("k")]);
  t.deepEqual(state.explain("k"), {
    sizeBytes: 1,
    created: { index: 2, term: 1, seconds: 4 },
    changed: { index: 9, term: 3, seconds: 5 },
    clientId: "client-1",
    sequence: 3,
    appends: 2,
  });
});

test("a snapshot of a version that kept nothing of keys is loaded, byte for byte the same afterwards, and knows nothing of them", async (t) => {
  const old = [header(), oldPair("a"), session("client-1", 7, 2)];
  const state = await load(old);
  t.deepEqual([...snapshotBlocks(state)].map(hex), old.map(encodeSnapshotBlock).map(hex));
  const unknown = { created: null, changed: null, clientId: "", sequence: 0, appends: null };
  t.deepEqual(state.explain("a"), { sizeBytes: 1, ...unknown });
});

test("a key of such a snapshot that is changed is known from then on, but for what went before", async (t) => {
  const state = await load([header(), oldPair("a"), session("client-1", 7, 2)]);
  const change = { kind: "session", clientId: "client-1", session: 1, acknowledgedBelow: 3 } as const;
  const operation = { key: "a", value: "w" };
  state.apply(
    { index: 10, term: 4 },
    { ...change, sequence: 3, operation: { kind: "append", ...operation } },
  );
  const who = { clientId: "client-1", sequence: 3 };
  const changed = { index: 10, term: 4, seconds: 1 };
  t.deepEqual(state.explain("a"), { sizeBytes: 2, created: null, changed, ...who, appends: null });
  state.apply({ index: 11, term: 4 }, { ...change, sequence: 4, operation: { kind: "put", ...operation } });
  t.like(state.explain("a"), { created: null, appends: 0 });
  state.apply(
    { index: 12, term: 4 },
    { ...change, sequence: 5, operation: { kind: "append", ...operation } },
  );
  t.like(state.explain("a"), { created: null, appends: 1 });
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
  ["a session that was active later", [HEADER, session("client-1", 10)]],
  ["a key that was changed later", [HEADER, pair("a", 2, 10)]],
  ["a key that was changed before it was created", [HEADER, pair("a", 9, 8)]],
  ["a key of an unknown term", [HEADER, pair("a", 1, 9)]],
  ["a term that began later", [header([2, 1], [10, 2])]],
  ["a term that is later", [header([2, 4])]],
  ["a term twice", [header([2, 1], [3, 1])]],
  ["a term that begins twice", [header([2, 1], [2, 2])]],
  ["a result twice", [HEADER, session("client-1", 7, 3, 3)]],
];
for (const [name, blocks] of senseless) {
  test(`PITFALLS 24: blocks that make no sense are refused, and break no invariant: ${name}`, async (t) => {
    await t.throwsAsync(load(blocks), { name: "WireError" });
  });
}
