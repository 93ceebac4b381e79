/**
 * Strikes one new leader after the other, just when it has come up, and lets the last one back only when the
 * next is struck. So what each appends reaches few disks or none, logs that contradict each other
 * lead in turn, and old entries are replicated by new leaders again and again (figures 7 and 8).
 */

import type { Means } from "./ambushes.js";
import type { Cluster } from "./cluster.js";
import { majority } from "./majority.js";
import type { Member } from "./member.js";
import { bothWays, type Cut, pairs } from "./partitions.js";

const STRUCK_MAX = 20;
/** A series that finds no more leaders ends after so long. */
const PATIENCE_MS = 10_000;

export class Coups {
  readonly #cluster: Cluster;
  readonly #means: Means;
  /** Leaders still to be struck. */
  #left = 0;
  #cuts: readonly Cut[] = [];
  #series = 0;

  constructor(cluster: Cluster, means: Means) {
    this.#cluster = cluster;
    this.#means = means;
  }

  /** Unless a series is under way. */
  begin(): void {
    if (this.#left > 0) return;
    this.#left = this.#means.dice.between(3, STRUCK_MAX);
    const series = ++this.#series;
    this.#means.later(PATIENCE_MS, () => {
      if (this.#series === series) this.#end();
    });
    const { leader } = this.#cluster;
    if (leader !== undefined) this.#strike(leader);
  }

  /** `member` leads a new term. */
  onLeader(member: Member): void {
    if (this.#left === 0) return;
    const { dice, later } = this.#means;
    const { delayUsMax } = this.#cluster.world.plan.network;
    // At once, or about when its first messages have gone to and fro.
    const delayMs = dice.chance(50) ? 0 : dice.skewed(0, (10 * delayUsMax) / 1000);
    later(delayMs, () => this.#strike(member));
  }

  #strike(leader: Member): void {
    if (this.#left === 0) return;
    this.#left--;
    this.#mend();
    const { dice, crash } = this.#means;
    if (dice.chance(15)) crash(leader);
    else this.#cut(leader);
    if (this.#left === 0) this.#means.later(dice.skewed(1, 1000), () => this.#end());
  }

  /** It, and perhaps others, up to a minority, reach nobody; mostly nobody reaches them either. */
  #cut(leader: Member): void {
    const { dice } = this.#means;
    const { links, world } = this.#cluster;
    const { ids } = world.plan;
    const others = dice.shuffled(ids.filter((id) => id !== leader.id));
    const more = dice.between(0, Math.max(0, ids.length - majority(ids.length) - 1));
    const apart = [leader.id, ...others.slice(0, more)];
    const rest = others.slice(more);
    const deaf = dice.chance(70);
    this.#cuts = deaf ? bothWays(apart, rest) : pairs(apart, rest);
    world.trace.event("net", ["coup", apart.join()], () => `coup: ${apart} ${deaf ? "apart" : "mute"}`);
    for (const [from, to] of this.#cuts) links.cut(from, to);
  }

  #mend(): void {
    for (const [from, to] of this.#cuts) this.#cluster.links.mend(from, to);
    this.#cuts = [];
  }

  #end(): void {
    this.#left = 0;
    this.#mend();
  }
}
