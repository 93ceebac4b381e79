/**
 * The search for an order of the operations on one key: Wing and Gong's, with Lowe's just-in-time
 * linearization ("Testing for linearizability", 2017) and memory of visited configurations. The search
 * goes from deadline to deadline: before the answer of an operation, it and whatever has to precede it take effect.
 *
 * Can be run in slices. Knows nothing of keys, clocks and files.
 */
import { movesFrom } from "./moves.js";
import { type Mark, Position } from "./position.js";
import type { Timeline } from "./timeline.js";
import { Visited } from "./visited.js";

export type SearchResult = "legal" | "illegal";

interface Frame {
  readonly mark: Mark;
  readonly moves: readonly number[];
  next: number;
}

export class Search {
  readonly #position: Position;
  readonly #visited = new Visited();
  readonly #frames: Frame[] = [];
  #result: SearchResult | null = null;
  #steps = 0;
  #furthest = 0;

  constructor(timeline: Timeline) {
    this.#position = new Position(timeline);
    this.#enter();
  }

  /** How many moves were tried. */
  get steps(): number {
    return this.#steps;
  }

  /** How many answers, in order of time, an order that was tried could account for. */
  get furthest(): number {
    return this.#furthest;
  }

  /** Tries at most `stepsMax` more moves. Null: not decided yet. */
  run(stepsMax: number): SearchResult | null {
    for (let left = stepsMax; this.#result === null && left > 0; left--) {
      const frame = this.#frames.at(-1);
      if (frame === undefined) {
        this.#result = "illegal";
        break;
      }
      const move = frame.moves[frame.next++];
      this.#position.goBack(frame.mark);
      if (move === undefined) {
        this.#frames.pop();
        continue;
      }
      this.#steps++;
      this.#position.apply(move);
      this.#enter();
    }
    return this.#result;
  }

  /** Looks at the position just reached; if it is new, its moves are next. */
  #enter(): void {
    const isEnd = this.#position.settle();
    this.#furthest = Math.max(this.#furthest, this.#position.moment.rank);
    if (isEnd) this.#result = "legal";
    else if (!this.#position.isDeadEnd() && this.#visited.add(this.#position.describe())) {
      this.#frames.push({ mark: this.#position.mark(), moves: movesFrom(this.#position), next: 0 });
    }
  }
}
