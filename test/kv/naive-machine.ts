/**
 * The state machine once more, as simple as it can be: a Map, an array of sessions that is searched from end to end,
 * and results that are never forgotten but only hidden. The real one is held against it.
 */
import type { Command, CommandResult, LogPosition, SessionCommand } from "../../src/kv/command.js";
import type { KeyExplanation } from "../../src/kv/explanation.js";
import type { SessionRecord } from "../../src/kv/sessions.js";
import type { StateMachineLimits } from "../../src/kv/state-machine.js";
import type { ScanPage, ScanRange } from "../../src/kv/store.js";
import { PAIR_OVERHEAD_BYTES } from "../../src/kv/store.js";

interface NaiveSession {
  readonly clientId: string;
  readonly session: number;
  activeMs: number;
  activeIndex: number;
  acknowledgedBelow: number;
  readonly results: Map<number, CommandResult>;
}

export class NaiveMachine {
  readonly limits: StateMachineLimits;
  readonly values = new Map<string, string>();
  readonly explanations = new Map<string, KeyExplanation>();
  sessions: NaiveSession[] = [];
  clockMs = 0;

  constructor(limits: StateMachineLimits) {
    this.limits = limits;
  }

  sessionOf(clientId: string): number | undefined {
    return this.sessions.find((session) => session.clientId === clientId)?.session;
  }

  apply(position: LogPosition, command: Command): CommandResult {
    const { index } = position;
    if (command.kind === "session") return this.#applyOnce(position, command);
    if (command.kind === "clock") {
      this.#advanceClock(command.timeMs);
      return { status: "done", index };
    }
    const open = this.sessions.find(({ clientId }) => clientId === command.clientId);
    if (command.kind === "close") {
      if (open?.session === command.session) this.sessions.splice(this.sessions.indexOf(open), 1);
      return { status: "done", index };
    }
    if (open !== undefined) {
      open.activeMs = this.clockMs;
      open.activeIndex = index;
      return { status: "done", index: open.session };
    }
    if (this.sessions.length === this.limits.sessionsMax) {
      this.sessions.sort((a, b) => a.activeIndex - b.activeIndex).shift();
    }
    this.sessions.push({
      clientId: command.clientId,
      session: index,
      activeMs: this.clockMs,
      activeIndex: index,
      acknowledgedBelow: 0,
      results: new Map(),
    });
    return { status: "done", index };
  }

  scan(range: ScanRange, pageBytesMax: number): ScanPage {
    const keys = [...this.values.keys()].sort((a, b) =>
      Buffer.compare(Buffer.from(a, "latin1"), Buffer.from(b, "latin1")),
    );
    const inside = keys.filter(
      (key) => key.startsWith(range.prefix) && key >= range.from && (range.to === "" || key < range.to),
    );
    const pairs: { key: string; value: string }[] = [];
    let bytes = 0;
    for (const key of inside) {
      const value = range.keysOnly ? "" : (this.values.get(key) as string);
      bytes += key.length + value.length + PAIR_OVERHEAD_BYTES;
      if (pairs.length > 0 && (bytes > pageBytesMax || pairs.length === range.limit))
        return { pairs, nextKey: key };
      pairs.push({ key, value });
    }
    return { pairs, nextKey: "" };
  }

  records(): SessionRecord[] {
    return this.sessions
      .toSorted((a, b) => a.activeIndex - b.activeIndex)
      .map(({ clientId, session, activeMs, activeIndex, acknowledgedBelow, results }) => ({
        clientId,
        session,
        activeMs,
        activeOrder: activeIndex,
        acknowledgedBelow,
        results: [...results]
          .filter(([sequence]) => sequence >= acknowledgedBelow)
          .sort(([a], [b]) => a - b)
          .map(([sequence, result]) => ({ sequence, ...result })),
      }));
  }

  #advanceClock(timeMs: number): void {
    if (timeMs <= this.clockMs) return;
    if (this.clockMs === 0) for (const session of this.sessions) session.activeMs = timeMs;
    this.clockMs = timeMs;
    this.sessions = this.sessions.filter(({ activeMs }) => timeMs - activeMs <= this.limits.sessionIdleMs);
  }

  #applyOnce(position: LogPosition, command: SessionCommand): CommandResult {
    const { index } = position;
    const { sequence } = command;
    const session = this.sessions.find((open) => open.clientId === command.clientId);
    if (session === undefined || session.session !== command.session)
      return { status: "session-expired", index };
    session.activeMs = this.clockMs;
    session.activeIndex = index;
    session.acknowledgedBelow = Math.max(session.acknowledgedBelow, command.acknowledgedBelow);
    if (sequence < session.acknowledgedBelow) return { status: "stale-sequence", index };
    const known = session.results.get(sequence);
    if (known !== undefined) return known;
    const kept = [...session.results.keys()].filter((other) => other >= session.acknowledgedBelow);
    if (kept.length >= this.limits.sessionResultsMax) return { status: "session-full", index };
    const result = { status: this.#run(position, command), index };
    session.results.set(sequence, result);
    return result;
  }

  #run(position: LogPosition, command: SessionCommand): CommandResult["status"] {
    const { operation } = command;
    if (operation.kind === "delete") {
      this.explanations.delete(operation.key);
      return this.values.delete(operation.key) ? "done" : "absent";
    }
    const { kind, key } = operation;
    const old = kind === "append" ? (this.values.get(key) ?? "") : "";
    const value = old + operation.value;
    if (value.length > this.limits.valueBytesMax) return "value-too-large";
    const changed = { ...position, seconds: Math.ceil(this.clockMs / 1000) };
    const past = this.explanations.get(key);
    this.values.set(key, value);
    this.explanations.set(key, {
      sizeBytes: value.length,
      created: past?.created ?? changed,
      changed,
      clientId: command.clientId,
      sequence: command.sequence,
      appends: kind === "put" ? 0 : (past?.appends ?? 0) + 1,
    });
    return "done";
  }
}
