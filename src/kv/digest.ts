/**
 * A digest of all that a state machine holds: equal for replicas in the same state, and almost certainly
 * different otherwise. It reads everything, so it is for tests and simulations.
 */
import type { LogPosition } from "./command.js";
import type { KeyMetadata } from "./key-metadata.js";
import type { StateReader } from "./state-machine.js";
import { termAt } from "./terms.js";

/** 16 hexadecimal digits. */
export function stateDigest(state: StateReader): string {
  const hash = new Fnv();
  hash.number(state.clockMs);
  hash.number(state.keyCount);
  const { termStarts } = state.header;
  for (const { key, value, metadata } of state.pairs()) {
    hash.string(key);
    hash.string(value);
    addMetadata(hash, metadata, termStarts);
  }
  for (const session of state.sessions()) {
    hash.string(session.clientId);
    hash.number(session.session);
    hash.number(session.activeMs);
    hash.number(session.activeOrder);
    hash.number(session.acknowledgedBelow);
    hash.number(session.results.length);
    for (const { sequence, status, index } of session.results) {
      hash.number(sequence);
      hash.string(status);
      hash.number(index);
    }
  }
  return hash.digest();
}

function addMetadata(hash: Fnv, metadata: KeyMetadata, termStarts: readonly LogPosition[]): void {
  hash.number(metadata.createdIndex);
  hash.number(termAt(termStarts, metadata.createdIndex));
  hash.number(metadata.createdSeconds);
  hash.number(metadata.changedIndex);
  hash.number(termAt(termStarts, metadata.changedIndex));
  hash.number(metadata.changedSeconds);
  hash.string(metadata.clientId);
  hash.number(metadata.sequence);
  // One more, since 0 says something else than null.
  hash.number(metadata.appends === null ? 0 : metadata.appends + 1);
}

/** Two FNV-1a hashes of 32 bits (Fowler, Noll, Vo) over the same bytes, from different offsets. */
class Fnv {
  #a = 0x811c9dc5;
  #b = 0x050c5d1f;

  /** Its length goes first, so that two strings cannot trade their ends. */
  string(text: string): void {
    this.number(text.length);
    for (let at = 0; at < text.length; at++) this.#byte(text.charCodeAt(at));
  }

  number(value: number): void {
    let rest = value;
    for (let at = 0; at < 8; at++) {
      this.#byte(rest % 256);
      rest = Math.floor(rest / 256);
    }
  }

  digest(): string {
    const hex = (half: number) => (half >>> 0).toString(16).padStart(8, "0");
    return hex(this.#a) + hex(this.#b);
  }

  #byte(byte: number): void {
    this.#a = Math.imul(this.#a ^ byte, 0x01000193);
    this.#b = Math.imul(this.#b ^ byte, 0x01000193) + 0x9e3779b9;
  }
}
