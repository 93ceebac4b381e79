/** Random histories of commands, dense with repetitions, expiries, evictions and odd keys. */
import fc from "fast-check";
import type { Command, LogPosition, Operation } from "../../src/kv/command.js";
import type { KeptPair } from "../../src/kv/key-metadata.js";
import type { SessionRecord } from "../../src/kv/sessions.js";
import {
  type StateHeader,
  StateMachine,
  type StateMachineLimits,
  type StateReader,
} from "../../src/kv/state-machine.js";
import { byteMemory } from "../../src/wire/bytes.js";
import type { NaiveMachine } from "./naive-machine.js";

/** Small enough for every limit to be met within a few commands. */
export const SMALL_LIMITS: StateMachineLimits = {
  valueBytesMax: 12,
  sessionsMax: 4,
  sessionIdleMs: 50,
  sessionResultsMax: 3,
};

export const KEYS = [
  "a",
  "ab",
  "b",
  "__proto__",
  "constructor",
  "\0",
  "\x80",
  "\xff",
  "\xff\xff",
  "a\xff",
  "",
];

/** `stale`: names a session that is not (any longer) the client's. */
export type Step =
  | { kind: "session"; client: number; stale: boolean; sequence: number; lag: number; operation: Operation }
  | { kind: "open"; client: number }
  | { kind: "close"; client: number; stale: boolean }
  | { kind: "clock"; advanceMs: number };

const key = fc.constantFrom(...KEYS);
const value = fc.string({
  unit: fc.nat({ max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 8,
});
const client = fc.nat({ max: 6 });
const rarely = fc.nat({ max: 9 }).map((number) => number === 0);

export const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant("put" as const), key, value }),
  fc.record({ kind: fc.constant("append" as const), key, value }),
  fc.record({ kind: fc.constant("delete" as const), key }),
);

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant("session" as const),
        client,
        stale: rarely,
        sequence: fc.integer({ min: 1, max: 8 }),
        lag: fc.nat({ max: 6 }),
        operation,
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("open" as const), client }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("close" as const), client, stale: rarely }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("clock" as const),
        advanceMs: fc.integer({ min: -20, max: 40 }),
      }),
    },
  ),
  { maxLength: 80, size: "max" },
);

const TERM_ENTRIES = 7;

/** Terms change often, and not all of them have entries. */
export function positionOf(index: number): LogPosition {
  return { index, term: 1 + 2 * Math.floor(index / TERM_ENTRIES) };
}

/** The command that a step stands for after `naive` has seen those before. */
export function commandOf(step: Step, naive: NaiveMachine): Command {
  if (step.kind === "clock") return { kind: "clock", timeMs: Math.max(0, naive.clockMs + step.advanceMs) };
  const clientId = `client-${step.client}`;
  if (step.kind === "open") return { kind: "open", clientId };
  const session = (naive.sessionOf(clientId) ?? 1) + (step.stale ? 1 : 0);
  if (step.kind === "close") return { kind: "close", clientId, session };
  const { sequence, operation } = step;
  return {
    kind: "session",
    clientId,
    session,
    sequence,
    acknowledgedBelow: Math.max(0, sequence - step.lag),
    operation,
  };
}

export interface Dump {
  readonly header: StateHeader;
  readonly keyCount: number;
  readonly pairs: KeptPair[];
  readonly sessions: SessionRecord[];
}

/** All that `machine` holds. */
export function dump(machine: StateReader): Dump {
  const { header, keyCount } = machine;
  return { header, keyCount, pairs: [...machine.pairs()], sessions: [...machine.sessions()] };
}

/** A new machine, loaded from a snapshot of `machine`. */
export function restored(machine: StateReader, limits: StateMachineLimits): StateMachine {
  const copy = new StateMachine(limits, byteMemory);
  copy.restoreHeader(machine.header);
  for (const pair of machine.pairs()) copy.restorePair(pair);
  for (const session of machine.sessions()) copy.restoreSession(session);
  return copy;
}
