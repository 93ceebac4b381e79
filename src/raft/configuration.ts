/**
 * Which configuration is in force at which index. A configuration counts from the moment its
 * entry is appended, committed or not (§6), and ceases to when that entry is truncated.
 * Whether a change of members is allowed is not decided here.
 */
import { assert } from "../base/assert.js";
import type { Configuration, MemberId } from "./entry.js";

export function isVoter(configuration: Configuration, id: MemberId): boolean {
  return configuration.voters.some((voter) => voter.id === id);
}

/** Voters there are, sorted by id without repetition: what may stand in a log. */
export function isWellFormed(configuration: Configuration): boolean {
  let previous = "";
  for (const { id } of configuration.voters) {
    if (id <= previous) return false;
    previous = id;
  }
  return configuration.voters.length > 0;
}

interface Change {
  readonly index: number;
  readonly configuration: Configuration;
}

/** The configurations of a log: that of its snapshot, and one for each configuration entry after it. */
export class ConfigurationHistory {
  /** Ascending by index; never empty. The first is in force from wherever the history begins. */
  #changes: Change[];

  constructor(first: Change) {
    this.#changes = [first];
  }

  /** In force at the end of the log. */
  get latest(): Configuration {
    return this.at(Number.POSITIVE_INFINITY);
  }

  /** In force at `index`, which is not before the history begins. */
  at(index: number): Configuration {
    const change = this.#changes.findLast((candidate) => candidate.index <= index);
    assert(change !== undefined, `the configuration at ${index} is no longer known`);
    return change.configuration;
  }

  append(change: Change): void {
    this.#changes.push(change);
  }

  /** The entries from `index` on are gone. */
  truncateFrom(index: number): void {
    while (this.#changes.length > 1 && (this.#changes.at(-1)?.index ?? 0) >= index) this.#changes.pop();
  }

  /** Nobody will ask for what was in force before `index` any more. */
  compactTo(index: number): void {
    const first = this.#changes.findLastIndex((change) => change.index <= index);
    if (first > 0) this.#changes.splice(0, first);
  }
}
