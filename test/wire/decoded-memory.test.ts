import test from "ava";
import type { Command } from "../../src/kv/command.js";
import { StateMachine } from "../../src/kv/state-machine.js";
import { byteMemory } from "../../src/wire/bytes.js";
import { decodeCommand, encodeCommand } from "../../src/wire/command-codec.js";
import { liveHeapBytes } from "../base/garbage.js";

const SESSIONS = 50_000;
/** One with a kept result takes 160 or so; 16 more for each of its numbers that V8 holds to be floating-point. */
const SESSION_BYTES_MAX = 175;
const LIMITS = {
  valueBytesMax: 100,
  sessionsMax: SESSIONS,
  sessionIdleMs: 3_600_000,
  sessionResultsMax: 1024,
};

test("sessions of decoded commands take no more memory than their numbers need", (t) => {
  const before = liveHeapBytes();
  const state = new StateMachine(LIMITS, byteMemory);
  let index = 0;
  const apply = (command: Command): number =>
    state.apply({ index: ++index, term: 1 }, decodeCommand(encodeCommand(command))).index;
  apply({ kind: "clock", timeMs: 1_700_000_000_000 });
  for (let at = 0; at < SESSIONS; at++) {
    const clientId = String(at).padStart(8, "0");
    const session = apply({ kind: "open", clientId });
    const operation = { kind: "put", key: "k", value: "v" } as const;
    apply({ kind: "session", clientId, session, sequence: 1, acknowledgedBelow: 1, operation });
  }
  const bytes = (liveHeapBytes() - before) / SESSIONS;
  t.is(state.sessionCount, SESSIONS);
  t.true(bytes > 50 && bytes <= SESSION_BYTES_MAX, `${bytes} bytes each`);
});
