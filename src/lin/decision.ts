/**
 * Decides about the operations on one key with several searches that take turns. The exact one soon finds an order if
 * there is one. The others know less, and so need not remember what became of each operation: where there is no
 * order even then, they soon say so, and there is none for the exact one either.
 */
import { Search, type SearchResult } from "./search.js";
import { makeTimeline, type TimelineEntry } from "./timeline.js";

/** How many moves of one search are tried before it is another's turn. */
const SLICE_STEPS = 1000;

export class Decision {
  readonly #exact: Search;
  /** Whose turn is next comes first. */
  readonly #searches: Search[];
  /** Makes those that know less, once, if the first turn of the exact one was not enough. */
  #makeWeaker: (() => Search[]) | null;
  #steps = 0;

  /** `initial`: the value before; null for none. */
  constructor(entries: readonly TimelineEntry[], initial: string | null) {
    const search = (known: readonly TimelineEntry[]): Search => new Search(makeTimeline(known, initial));
    this.#exact = search(entries);
    this.#searches = [this.#exact];
    this.#makeWeaker = () => weakerVersions(entries).map(search);
  }

  /** How many moves were tried. */
  get steps(): number {
    return this.#steps;
  }

  /** How many answers, in order of time, an order that was tried could account for. */
  get furthest(): number {
    return this.#exact.furthest;
  }

  /** Tries at most `stepsMax` more moves. Null: not decided yet. */
  run(stepsMax: number): SearchResult | null {
    const until = this.#steps + stepsMax;
    while (this.#steps < until) {
      const search = this.#searches.shift() as Search;
      const before = search.steps;
      const result = search.run(Math.min(SLICE_STEPS, until - this.#steps));
      this.#steps += search.steps - before;
      if (result === "illegal" || (result === "legal" && search === this.#exact)) return result;
      if (result === null) this.#searches.push(search);
      if (this.#makeWeaker !== null) this.#searches.unshift(...this.#makeWeaker());
      this.#makeWeaker = null;
    }
    return null;
  }
}

/** Those that know less than `entries`, and not the same; what knows least comes first. */
export function weakerVersions(entries: readonly TimelineEntry[]): TimelineEntry[][] {
  const versions: TimelineEntry[][] = [];
  let last = entries;
  for (const forget of [forgetCount, forgetDeleted]) {
    const version = last.map(forget);
    if (version.every((entry, at) => entry === last[at])) continue;
    versions.unshift(version);
    last = version;
  }
  return versions;
}

/** What takes effect once or never may take effect any number of times. */
function forgetCount(entry: TimelineEntry): TimelineEntry {
  const { operation, known } = entry;
  const isOnce = known === "call" || (known === "outcome" && operation.end === null);
  return isOnce ? { ...entry, known: "often" } : entry;
}

/** A delete does not say that there was something. */
function forgetDeleted(entry: TimelineEntry): TimelineEntry {
  const { operation, known } = entry;
  if (operation.op !== "delete" || operation.output !== "deleted" || known !== "outcome") return entry;
  return { operation: { ...operation, output: null }, known };
}
