import test from "ava";
import { stateDigest } from "../../src/kv/digest.js";
import { type KeptPair, type KeyMetadata, UNKNOWN_METADATA } from "../../src/kv/key-metadata.js";
import { StateMachine } from "../../src/kv/state-machine.js";
import { byteMemory } from "../../src/wire/bytes.js";
import { SMALL_LIMITS } from "./steps.js";

function machine(change: (machine: StateMachine) => void): string {
  const state = new StateMachine(SMALL_LIMITS, byteMemory);
  state.restoreHeader({ clockMs: 7, termStarts: [] });
  change(state);
  return stateDigest(state);
}

const PAIR: KeptPair = {
  key: "a",
  value: "bc",
  metadata: {
    createdIndex: 3,
    createdSeconds: 5,
    changedIndex: 4,
    changedSeconds: 6,
    clientId: "client-a",
    sequence: 7,
    appends: 1,
  },
};

/** `term`: of all indexes. */
function restorePair(state: StateMachine, metadata: Partial<KeyMetadata> = {}, term = 1): void {
  state.restoreHeader({ clockMs: 7, termStarts: [{ index: 1, term }] });
  state.restorePair({ ...PAIR, metadata: { ...PAIR.metadata, ...metadata } });
}

const SESSION = { clientId: "client-a", session: 1, activeMs: 7, activeOrder: 2, acknowledgedBelow: 1 };

test("a digest tells states apart that differ anywhere, and only those", (t) => {
  const changes: ((state: StateMachine) => void)[] = [
    () => {},
    (state) => state.restoreHeader({ clockMs: 8, termStarts: [] }),
    (state) => state.restorePair({ ...PAIR, metadata: UNKNOWN_METADATA }),
    (state) => state.restorePair({ key: "ab", value: "c", metadata: UNKNOWN_METADATA }),
    (state) => state.restorePair({ ...PAIR, value: "bd", metadata: UNKNOWN_METADATA }),
    (state) => restorePair(state),
    (state) => restorePair(state, { createdIndex: 2 }),
    (state) => restorePair(state, { createdIndex: 0 }),
    (state) => restorePair(state, { createdSeconds: 9 }),
    (state) => restorePair(state, { changedIndex: 5 }),
    (state) => restorePair(state, { changedSeconds: 9 }),
    (state) => restorePair(state, { clientId: "client-b" }),
    (state) => restorePair(state, { sequence: 9 }),
    (state) => restorePair(state, { appends: 0 }),
    (state) => restorePair(state, { appends: null }),
    (state) => restorePair(state, {}, 2),
    (state) => state.restoreSession({ ...SESSION, results: [] }),
    (state) => state.restoreSession({ ...SESSION, clientId: "client-b", results: [] }),
    (state) => state.restoreSession({ ...SESSION, session: 2, results: [] }),
    (state) => state.restoreSession({ ...SESSION, activeMs: 6, results: [] }),
    (state) => state.restoreSession({ ...SESSION, activeOrder: 3, results: [] }),
    (state) => state.restoreSession({ ...SESSION, acknowledgedBelow: 2, results: [] }),
    (state) => state.restoreSession({ ...SESSION, results: [{ sequence: 2, status: "done", index: 3 }] }),
    (state) => state.restoreSession({ ...SESSION, results: [{ sequence: 3, status: "done", index: 3 }] }),
    (state) => state.restoreSession({ ...SESSION, results: [{ sequence: 2, status: "absent", index: 3 }] }),
    (state) => state.restoreSession({ ...SESSION, results: [{ sequence: 2, status: "done", index: 4 }] }),
  ];
  t.is(new Set(changes.map(machine)).size, changes.length);
  t.deepEqual(changes.map(machine), changes.map(machine));
  for (const change of changes) t.regex(machine(change), /^[0-9a-f]{16}$/);
});
