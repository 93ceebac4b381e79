import test from "ava";
import { stateDigest } from "../../src/kv/digest.js";
import { StateMachine } from "../../src/kv/state-machine.js";
import { byteMemory } from "../../src/wire/bytes.js";
import { SMALL_LIMITS } from "./steps.js";

function machine(change: (machine: StateMachine) => void): string {
  const state = new StateMachine(SMALL_LIMITS, byteMemory);
  state.restoreHeader({ clockMs: 7 });
  change(state);
  return stateDigest(state);
}

const SESSION = { clientId: "client-a", session: 1, activeMs: 7, activeOrder: 2, acknowledgedBelow: 1 };

test("a digest tells states apart that differ anywhere, and only those", (t) => {
  const changes: ((state: StateMachine) => void)[] = [
    () => {},
    (state) => state.restoreHeader({ clockMs: 8 }),
    (state) => state.restorePair("a", "bc"),
    (state) => state.restorePair("ab", "c"),
    (state) => state.restorePair("a", "bd"),
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
