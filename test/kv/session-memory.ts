/**
 * Run by itself with --expose-gc and a log index to begin at: prints what an idle session takes, as bytes of
 * heap. Each has one result that was not acknowledged, as a command line that ran once leaves it.
 */
import { StateMachine } from "../../src/kv/state-machine.js";
import { byteMemory } from "../../src/wire/bytes.js";

const SESSIONS = 100_000;
const LIMITS = {
  valueBytesMax: 100,
  sessionsMax: SESSIONS,
  sessionIdleMs: 3_600_000,
  sessionResultsMax: 1024,
};

function heapBytes(): number {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("run with --expose-gc");
  gc();
  gc();
  return process.memoryUsage().heapUsed;
}

const clientId = (at: number): string => {
  const id = Buffer.alloc(8);
  id.writeUInt32BE(Math.imul(at, 2_654_435_761) >>> 0, 0);
  id.writeUInt32BE(at, 4);
  return id.toString("latin1");
};

const emptyBytes = heapBytes();
const applied = new StateMachine(LIMITS, byteMemory);
let index = Number(process.argv[2]);
const next = () => ({ index: ++index, term: 1 });
applied.apply(next(), { kind: "clock", timeMs: 1_700_000_000_000 });
for (let at = 0; at < SESSIONS; at++) {
  const session = applied.apply(next(), { kind: "open", clientId: clientId(at) }).index;
  applied.apply(next(), {
    kind: "session",
    clientId: clientId(at),
    session,
    sequence: 1,
    acknowledgedBelow: 1,
    operation: { kind: "put", key: "k", value: "v" },
  });
}
const appliedBytes = heapBytes();
const restored = new StateMachine(LIMITS, byteMemory);
restored.restoreHeader(applied.header);
for (const { clientId, ...rest } of applied.sessions()) {
  // As if read from a file: a string of its own.
  restored.restoreSession({ clientId: Buffer.from(clientId, "latin1").toString("latin1"), ...rest });
}
const restoredBytes = heapBytes();
if (applied.sessionCount !== SESSIONS || restored.sessionCount !== SESSIONS)
  throw new Error("sessions are missing");
process.stdout.write(
  JSON.stringify({
    applied: (appliedBytes - emptyBytes) / SESSIONS,
    restored: (restoredBytes - appliedBytes) / SESSIONS,
  }),
);
