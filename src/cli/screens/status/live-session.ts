/**
 * One live view from start to quit: asks the members again and again, keeps what the person has chosen, and tells whoever draws
 * that something has changed. Knows nothing of terminals.
 */
import { Observer, type ObserverOptions } from "../../../clerk/observer.js";
import { type Frame, frameOf, type Size } from "./frame.js";
import type { Glyphs } from "./layout/glyphs.js";
import { type ClusterView, viewOf } from "./model/cluster-view.js";
import { Trends } from "./model/trends.js";
import { type Effect, INITIAL_STATE, press } from "./view-state.js";

export interface SessionOptions extends Omit<ObserverOptions, "onChange"> {
  readonly allowActions: boolean;
  readonly glyphs: Glyphs;
}

export class LiveSession {
  readonly #options: SessionOptions;
  readonly #observer: Observer;
  readonly #trends = new Trends();
  readonly #listeners = new Set<() => void>();
  #state = INITIAL_STATE;
  #cancelPoll = (): void => {};
  /** Who was asked to lead next, until it does; empty: nobody. */
  #successor = "";
  #scrollMax = 0;
  #version = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#observer = new Observer({ ...options, onChange: () => this.#observed() });
  }

  /** Asks now, and from now on. */
  start(): void {
    this.#cancelPoll();
    if (!this.#state.isPaused) this.#observer.poll();
    this.#cancelPoll = this.#options.timers.after(this.#state.intervalMs, () => this.start());
    this.#changed();
  }

  /** Nobody is asked any more until {@link start}. */
  rest(): void {
    this.#cancelPoll();
  }

  close(): void {
    this.#cancelPoll();
    this.#observer.close();
  }

  /** `changed` is called whenever there may be something new to draw; the result ends that. */
  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => void this.#listeners.delete(changed);
  };

  /** Another one whenever there may be something new to draw. */
  readonly version = (): number => this.#version;

  frame(size: Size): Frame {
    const frame = frameOf(
      {
        view: this.#view(),
        trends: this.#trends,
        state: this.#state,
        glyphs: this.#options.glyphs,
        allowActions: this.#options.allowActions,
        nowMs: this.#options.timers.nowMs(),
        endpoints: this.#options.endpoints,
      },
      size,
    );
    this.#scrollMax = frame.scrollMax;
    return frame;
  }

  /** What the key sets going that is not the session's to do. */
  press(key: string): Exclude<Effect, { readonly kind: "transfer" }> | null {
    const { members, leader } = this.#view();
    const before = this.#state;
    const { state, effect } = press(before, key, {
      members: members.map(({ name }) => name),
      leader,
      allowActions: this.#options.allowActions,
      scrollMax: this.#scrollMax,
    });
    this.#state = state;
    this.#changed();
    if (state.intervalMs !== before.intervalMs || (before.isPaused && !state.isPaused)) this.start();
    if (effect?.kind !== "transfer") return effect;
    this.#transfer(effect.to);
    return null;
  }

  #transfer(to: string): void {
    this.#observer.transferLeadership(to).then(
      () => {
        this.#successor = to;
        this.#observer.poll();
        this.#note(`the leader hands over to ${to}`);
      },
      ({ message }: Error) => this.#note(`leadership was not transferred: ${message}`),
    );
  }

  #observed(): void {
    this.#trends.note(this.#observer.members);
    const { leader, leaderStats } = this.#view();
    if (leaderStats !== null && leader === this.#successor) {
      this.#successor = "";
      this.#note(`${leader} leads in term ${leaderStats.status.term}`);
    } else this.#changed();
  }

  #note(notice: string): void {
    this.#state = { ...this.#state, notice };
    this.#changed();
  }

  #view(): ClusterView {
    return viewOf(this.#observer.members, this.#options.timers.nowMs());
  }

  #changed(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}
