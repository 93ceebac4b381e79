import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test from "ava";
import type { CommandResult, LogPosition, Operation } from "../../src/kv/command.js";
import { StateMachine, type StateMachineLimits } from "../../src/kv/state-machine.js";
import { byteMemory } from "../../src/wire/bytes.js";

const LIMITS: StateMachineLimits = {
  valueBytesMax: 100,
  sessionsMax: 4,
  sessionIdleMs: 1000,
  sessionResultsMax: 3,
};

/** A machine with the log's next index, so that tests say only what is applied. */
class Applied {
  readonly machine: StateMachine;
  index = 0;

  constructor(limits: Partial<StateMachineLimits> = {}) {
    this.machine = new StateMachine({ ...LIMITS, ...limits }, byteMemory);
  }

  next(): LogPosition {
    return { index: ++this.index, term: 1 };
  }

  open(client: string): number {
    return this.machine.apply(this.next(), { kind: "open", clientId: client }).index;
  }

  close(client: string, session: number): CommandResult {
    return this.machine.apply(this.next(), { kind: "close", clientId: client, session });
  }

  clock(timeMs: number): void {
    this.machine.apply(this.next(), { kind: "clock", timeMs });
  }

  append(client: string, session: number, options: Partial<Attempt> = {}): CommandResult {
    const { sequence = 1, acknowledgedBelow = 1, value = "x" } = options;
    const operation: Operation = { kind: "append", key: "k", value };
    return this.machine.apply(this.next(), {
      kind: "session",
      clientId: client,
      session,
      sequence,
      acknowledgedBelow,
      operation,
    });
  }

  get value(): string {
    return this.machine.get("k") ?? "";
  }
}

interface Attempt {
  readonly sequence: number;
  readonly acknowledgedBelow: number;
  readonly value: string;
}

test("PITFALLS 32, 38: a repeated command has one effect and the first one's result, index and all", (t) => {
  const log = new Applied();
  const session = log.open("client-a");
  const first = log.append("client-a", session);
  t.deepEqual(first, { status: "done", index: 2 });
  t.deepEqual(log.append("client-a", session), first);
  t.deepEqual(log.append("client-a", session, { value: "another" }), first);
  t.is(log.value, "x");
});

test("PITFALLS 32: of several operations in flight each is known by itself, in whatever order they come", (t) => {
  const log = new Applied();
  const session = log.open("client-a");
  const third = log.append("client-a", session, { sequence: 3, value: "3" });
  const first = log.append("client-a", session, { sequence: 1, value: "1" });
  const second = log.append("client-a", session, { sequence: 2, value: "2" });
  t.is(log.value, "312");
  t.deepEqual(log.append("client-a", session, { sequence: 1 }), first);
  t.deepEqual(log.append("client-a", session, { sequence: 2 }), second);
  t.deepEqual(log.append("client-a", session, { sequence: 3 }), third);
  t.is(log.value, "312");
});

test("PITFALLS 33: a sequence that its client has acknowledged never runs again", (t) => {
  const log = new Applied();
  const session = log.open("client-a");
  log.append("client-a", session, { sequence: 1 });
  log.append("client-a", session, { sequence: 2, acknowledgedBelow: 2 });
  t.deepEqual(log.append("client-a", session, { sequence: 1 }), { status: "stale-sequence", index: 4 });
  t.is(log.value, "xx");
});

test("PITFALLS 33: an acknowledgement stands, whatever a delayed command says later", (t) => {
  const log = new Applied();
  const session = log.open("client-a");
  log.append("client-a", session, { sequence: 5, acknowledgedBelow: 5 });
  log.append("client-a", session, { sequence: 6, acknowledgedBelow: 1 });
  t.is(log.append("client-a", session, { sequence: 4, acknowledgedBelow: 1 }).status, "stale-sequence");
  t.is(log.value, "xx");
});

test("PITFALLS 34: only the logged clock ends an idle session, at the first command past the limit", (t) => {
  const log = new Applied();
  log.clock(5000);
  const session = log.open("client-a");
  log.clock(6000);
  t.is(log.machine.sessionCount, 1);
  log.clock(6001);
  t.is(log.machine.sessionCount, 0);
  t.is(log.append("client-a", session).status, "session-expired");
});

test("PITFALLS 34: the clock never moves back", (t) => {
  const log = new Applied();
  log.clock(5000);
  log.clock(4000);
  t.is(log.machine.clockMs, 5000);
  log.open("client-a");
  log.clock(5500);
  t.is(log.machine.sessionCount, 1);
});

test("any command of a session keeps it open: new, repeated, stale, refused or opened again", (t) => {
  const log = new Applied({ sessionResultsMax: 1 });
  log.clock(1000);
  const session = log.open("client-a");
  const commands = [
    () => log.append("client-a", session, { sequence: 2, acknowledgedBelow: 2 }).status === "done",
    () => log.append("client-a", session, { sequence: 2, acknowledgedBelow: 2 }).status === "done",
    () => log.append("client-a", session, { sequence: 1 }).status === "stale-sequence",
    () => log.append("client-a", session, { sequence: 3 }).status === "session-full",
    () => log.open("client-a") === session,
  ];
  commands.forEach((command, at) => {
    log.clock(1000 + 900 * (at + 1));
    t.true(command());
  });
  t.is(log.machine.sessionCount, 1);
});

test("sessions opened before the first clock command are not taken for idle since 1970", (t) => {
  const log = new Applied();
  const session = log.open("client-a");
  log.machine.view();
  log.clock(1_700_000_000_000);
  t.is(log.append("client-a", session).status, "done");
  log.open("client-b");
  log.clock(1_700_000_001_001);
  t.is(log.machine.sessionCount, 0);
});

test("PITFALLS 35: a session that is not open gets an explicit error, and nothing runs", (t) => {
  const log = new Applied();
  const session = log.open("client-a");
  t.is(log.append("client-b", session).status, "session-expired");
  t.is(log.append("client-a", session + 1).status, "session-expired");
  log.close("client-a", session);
  t.is(log.append("client-a", session).status, "session-expired");
  t.is(log.value, "");
});

test("PITFALLS 35: a client whose session ended and was opened again is not let in with the old one", (t) => {
  const log = new Applied();
  const old = log.open("client-a");
  log.append("client-a", old);
  log.close("client-a", old);
  const reopened = log.open("client-a");
  t.not(reopened, old);
  t.is(log.append("client-a", old).status, "session-expired");
  t.is(log.append("client-a", reopened).status, "done");
  t.is(log.value, "xx");
});

test("opening an open session changes nothing and names the same one", (t) => {
  const log = new Applied();
  const session = log.open("client-a");
  const first = log.append("client-a", session);
  t.is(log.open("client-a"), session);
  t.deepEqual(log.append("client-a", session), first);
  t.is(log.machine.sessionCount, 1);
});

test("closing another session than the open one has no effect", (t) => {
  const log = new Applied();
  const session = log.open("client-a");
  t.deepEqual(log.close("client-a", session + 7), { status: "done", index: 2 });
  t.deepEqual(log.close("client-b", session), { status: "done", index: 3 });
  t.is(log.machine.sessionCount, 1);
});

test("more unacknowledged results than allowed: refused without a trace, and run once there is room", (t) => {
  const log = new Applied();
  const session = log.open("client-a");
  for (const sequence of [1, 2, 3]) log.append("client-a", session, { sequence });
  t.is(log.append("client-a", session, { sequence: 4 }).status, "session-full");
  t.is(log.append("client-a", session, { sequence: 2 }).status, "done");
  t.is(log.append("client-a", session, { sequence: 4, acknowledgedBelow: 2 }).status, "done");
  t.is(log.value, "xxxx");
});

test("a value that would be too large is left alone, and that is remembered as the result", (t) => {
  const log = new Applied();
  const session = log.open("client-a");
  log.append("client-a", session, { sequence: 1, value: "x".repeat(99) });
  const refused = log.append("client-a", session, { sequence: 2, value: "xx" });
  t.deepEqual(refused, { status: "value-too-large", index: 3 });
  t.deepEqual(log.append("client-a", session, { sequence: 2, value: "x" }), refused);
  t.is(log.value.length, 99);
  const operation: Operation = { kind: "put", key: "k", value: "x".repeat(101) };
  const put = {
    kind: "session",
    clientId: "client-a",
    session,
    sequence: 3,
    acknowledgedBelow: 1,
    operation,
  } as const;
  t.is(log.machine.apply(log.next(), put).status, "value-too-large");
  t.is(log.value.length, 99);
});

test("one session too many evicts the one that was idle longest, not the one opened first", (t) => {
  const log = new Applied();
  const sessions = ["client-a", "client-b", "client-c", "client-d"].map((client) => log.open(client));
  log.append("client-a", sessions[0] as number);
  log.open("client-e");
  t.is(log.append("client-b", sessions[1] as number).status, "session-expired");
  t.is(log.append("client-a", sessions[0] as number).status, "done");
  t.is(log.machine.sessionCount, 4);
});

test("a busy session outlives any number of opens, though its activity is not recorded each time", (t) => {
  const sessionsMax = 80;
  const log = new Applied({ sessionsMax });
  const busy = log.open("the busy");
  for (let at = 0; at < 10 * sessionsMax; at++) {
    log.open(`client ${at}`);
    const sequence = at + 1;
    t.is(log.append("the busy", busy, { sequence, acknowledgedBelow: sequence, value: "" }).status, "done");
  }
  t.is(log.machine.sessionCount, sessionsMax);
});

test("indexes must rise: applying one again, or an earlier one, is a bug", (t) => {
  const log = new Applied();
  log.open("client-a");
  t.throws(() => log.machine.apply({ index: 1, term: 1 }, { kind: "clock", timeMs: 1 }), {
    name: "AssertionError",
  });
});

/** V8 makes an object of each number past 2³¹, so that late indexes cost more. */
for (const [firstIndex, bytesMax] of [
  [0, 200],
  [2 ** 33, 256],
] as const) {
  test(`100 000 idle sessions opened after index ${firstIndex} take at most ${bytesMax} bytes each, loaded from a snapshot too`, async (t) => {
    const script = fileURLToPath(new URL("session-memory.js", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--expose-gc",
      script,
      String(firstIndex),
    ]);
    const bytes = JSON.parse(stdout) as { applied: number; restored: number };
    t.log(stdout);
    t.true(bytes.applied > 50 && bytes.applied <= bytesMax, stdout);
    t.true(bytes.restored > 50 && bytes.restored <= bytesMax, stdout);
  });
}
