import test from "ava";
import type { RawNode, SnapshotChunk } from "../../src/raft/raw-node.js";
import type { Host, SnapshotReader, SnapshotStore } from "../../src/server/ports.js";
import { SnapshotSender } from "../../src/server/snapshot-sender.js";

/** A sender over a store whose newest snapshot the test sets, and whose reads it holds back. */
function senderOver() {
  const store = { newest: 5, closed: [] as number[], damage: null as Error | null };
  const faults: Error[] = [];
  const host: Host = {
    defer: setImmediate,
    wallClockMs: () => 0,
    nowUs: () => 0,
    openFilesMax: 0,
    fatal: (error) => faults.push(error),
    log: () => {},
  };
  const answers: string[] = [];
  const held: (() => void)[] = [];
  const open = async (): Promise<SnapshotReader | null> => {
    const lastIncludedIndex = store.newest;
    if (lastIncludedIndex === 0) return null;
    return {
      metadata: { lastIncludedIndex, lastIncludedTerm: 1, configuration: { voters: [] } },
      sizeBytes: 10,
      read: async (offset) => {
        await new Promise<void>((release) => held.push(release));
        return new Uint8Array(Math.min(4, 10 - offset));
      },
      blocks: () => ({
        [Symbol.asyncIterator]: () => ({
          next: async () => {
            if (store.damage !== null) throw store.damage;
            return { done: true, value: undefined };
          },
        }),
      }),
      close: async () => void store.closed.push(lastIncludedIndex),
    };
  };
  const raft = {
    role: "leader",
    firstIndex: 1,
    states: { n2: "snapshot", n3: "snapshot" } as Record<string, string>,
    progress: () => Object.entries(raft.states).map(([id, state]) => ({ id, state })),
    snapshotChunk: ({ to, metadata, offset, done }: SnapshotChunk) =>
      answers.push(`${to} ${metadata.lastIncludedIndex} ${offset}${done ? " done" : ""}`),
    snapshotUnavailable: (to: string) => answers.push(`${to} unavailable`),
  };
  const sender = new SnapshotSender({
    raft: raft as unknown as RawNode,
    store: { open } as unknown as SnapshotStore,
    host,
    progressed: () => {},
    wantNewer: () => answers.push("newer wanted"),
  });
  const settle = async () => {
    for (let turn = 0; turn < 5; turn++) {
      await new Promise(setImmediate);
      for (const release of held.splice(0)) release();
    }
    await new Promise(setImmediate);
  };
  return { store, raft, sender, answers, faults, settle };
}

test("one snapshot is read to its end, even when a newer one has replaced it", async (t) => {
  const { store, sender, answers, settle } = senderOver();
  sender.handle({ to: "n2", lastIncludedIndex: 0, offset: 0 });
  await settle();
  store.newest = 9;
  sender.handle({ to: "n2", lastIncludedIndex: 5, offset: 4 });
  await settle();
  sender.handle({ to: "n2", lastIncludedIndex: 5, offset: 8 });
  await settle();
  t.deepEqual(answers, ["n2 5 0", "n2 5 4", "n2 5 8 done"]);
});

test("a snapshot that ends before the log in memory begins is not sent: a newer one is wanted", async (t) => {
  const { store, raft, sender, answers, settle } = senderOver();
  raft.firstIndex = 7;
  sender.handle({ to: "n2", lastIncludedIndex: 0, offset: 0 });
  await settle();
  t.deepEqual(answers, ["newer wanted", "n2 unavailable"]);
  t.deepEqual(store.closed, [5]);
  raft.firstIndex = 6;
  sender.handle({ to: "n2", lastIncludedIndex: 0, offset: 0 });
  await settle();
  t.deepEqual(answers.slice(2), ["n2 5 0"]);
});

test("a request that comes while another is being read is answered after it", async (t) => {
  const { store, sender, answers, settle } = senderOver();
  sender.handle({ to: "n2", lastIncludedIndex: 0, offset: 0 });
  await settle();
  sender.handle({ to: "n2", lastIncludedIndex: 5, offset: 4 });
  store.newest = 9;
  sender.handle({ to: "n2", lastIncludedIndex: 0, offset: 0 });
  await settle();
  t.deepEqual(answers, ["n2 5 0", "n2 5 4", "n2 9 0"]);
  t.deepEqual(store.closed, [5]);
});

test("what is not there any more, or never was, is told as unavailable", async (t) => {
  const { store, sender, answers, settle } = senderOver();
  sender.handle({ to: "n2", lastIncludedIndex: 5, offset: 4 });
  store.newest = 0;
  sender.handle({ to: "n3", lastIncludedIndex: 0, offset: 0 });
  await settle();
  t.deepEqual(answers, ["n2 unavailable", "n3 unavailable"]);
});

test("files are closed when the member leads no more", async (t) => {
  const { store, sender, settle } = senderOver();
  sender.handle({ to: "n2", lastIncludedIndex: 0, offset: 0 });
  sender.handle({ to: "n3", lastIncludedIndex: 0, offset: 0 });
  await settle();
  sender.release();
  await settle();
  t.deepEqual(store.closed, [5, 5]);
});

test("a file that is being read is closed after the read", async (t) => {
  const { store, raft, sender, answers, settle } = senderOver();
  sender.handle({ to: "n2", lastIncludedIndex: 0, offset: 0 });
  await new Promise(setImmediate);
  raft.role = "follower";
  sender.release();
  await new Promise(setImmediate);
  t.deepEqual([store.closed, answers], [[], []]);
  await settle();
  t.deepEqual([store.closed, answers], [[5], ["n2 5 0"]]);
});

test("the file of a follower that has its snapshot is closed, the others stay open", async (t) => {
  const { store, raft, sender, settle } = senderOver();
  sender.handle({ to: "n2", lastIncludedIndex: 0, offset: 0 });
  sender.handle({ to: "n3", lastIncludedIndex: 0, offset: 0 });
  await settle();
  sender.closeUnneeded();
  t.deepEqual(store.closed, []);
  raft.states = { n2: "replicate", n3: "snapshot" };
  sender.closeUnneeded();
  await settle();
  t.deepEqual(store.closed, [5]);
});

test("a damaged snapshot is not sent: it ends the member that finds it", async (t) => {
  const { store, sender, answers, faults, settle } = senderOver();
  store.damage = new Error("a block fails its checksum");
  sender.handle({ to: "n2", lastIncludedIndex: 0, offset: 0 });
  await settle();
  t.deepEqual([answers, faults], [[], [store.damage]]);
});
