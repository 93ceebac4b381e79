/**
 * What a client that came once and never said that it was gone costs a server: a hundred thousand of them, on the state
 * machine alone, measured as heap. Nothing else that a server keeps is by client once its connection is closed.
 */
import { assert } from "../../../src/base/assert.js";
import { StateMachine } from "../../../src/kv/state-machine.js";
import { byteMemory, toByteString } from "../../../src/wire/bytes.js";
import { liveHeapBytes } from "../../base/garbage.js";
import { Dice, STREAM } from "../../sim/dice.js";
import type { Scenario } from "../scenario.js";

const SUITE = "2025";
const NAME = "MemPutManyClients";
const CLIENTS = 100_000;
const CLIENT_BYTES_MAX = 200;
/** A long log: indexes differ from each other and are large. */
const FIRST_INDEX_MAX = 2 ** 30;
const TERM = 1;
const LIMITS = {
  valueBytesMax: 100,
  sessionsMax: CLIENTS,
  sessionIdleMs: 3_600_000,
  sessionResultsMax: 1024,
};

export const MEM_PUT_MANY_CLIENTS: Scenario = {
  suite: SUITE,
  name: NAME,
  run: async (seed, print) => {
    const dice = new Dice(seed, STREAM.client);
    const before = liveHeapBytes();
    const state = new StateMachine(LIMITS, byteMemory);
    let index = dice.below(FIRST_INDEX_MAX);
    state.apply({ index: ++index, term: TERM }, { kind: "clock", timeMs: 1_700_000_000_000 });
    for (let client = 0; client < CLIENTS; client++) index = putOnce(state, dice, index);
    const bytes = (liveHeapBytes() - before) / CLIENTS;
    print?.(`${state.sessionCount} sessions, ${bytes.toFixed(1)} bytes each`);
    const at = `${SUITE} ${NAME}, seed ${seed}`;
    assert(
      state.sessionCount === CLIENTS,
      `${at}: ${CLIENTS} sessions are kept, and these are ${state.sessionCount}`,
    );
    assert(
      bytes <= CLIENT_BYTES_MAX,
      `${at}: a client costs ${bytes} bytes, and ${CLIENT_BYTES_MAX} is the most`,
    );
  },
};

/** As a command-line client leaves it: with a result that nobody acknowledged. Gives the index it got to. */
function putOnce(state: StateMachine, dice: Dice, lastIndex: number): number {
  const id = new Uint8Array(8);
  const words = new DataView(id.buffer);
  words.setUint32(0, dice.uint32());
  words.setUint32(4, dice.uint32());
  const clientId = toByteString(id);
  const session = lastIndex + 1;
  state.apply({ index: session, term: TERM }, { kind: "open", clientId });
  state.apply(
    { index: session + 1, term: TERM },
    {
      kind: "session",
      clientId,
      session,
      sequence: 1,
      acknowledgedBelow: 1,
      operation: { kind: "put", key: "k", value: "v" },
    },
  );
  return session + 1;
}
