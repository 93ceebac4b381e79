/**
 * Everything between the members, and between clients and members: a proxy in front of every port, and the
 * conditions on every way. Members and groups of clients are named; a way leads from one name to another.
 */
import type { Dice } from "../../sim/dice.js";
import { CALM, type Conditions } from "./conditions.js";
import { TcpProxy } from "./proxy.js";

export class Network {
  readonly #dice: Dice;
  readonly #proxies: TcpProxy[] = [];
  /** By "from>to". What is not there is calm. */
  readonly #conditions = new Map<string, Conditions>();

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** Resolves to the address that stands for `target`, the port of `to`; `from` as {@link TcpProxy} has it. */
  async proxy(way: {
    readonly from: string | null;
    readonly to: string;
    readonly target: string;
  }): Promise<string> {
    const conditions = (from: string, to: string) => this.conditions(from, to);
    const proxy = await TcpProxy.listen({ ...way, dice: this.#dice, conditions });
    this.#proxies.push(proxy);
    return proxy.address;
  }

  conditions(from: string, to: string): Conditions {
    return this.#conditions.get(`${from}>${to}`) ?? CALM;
  }

  /** Changes the ways from each of the one to each of the others, in this direction only. */
  change(from: readonly string[], to: readonly string[], change: Partial<Conditions>): void {
    for (const one of from) {
      for (const other of to) {
        this.#conditions.set(`${one}>${other}`, { ...this.conditions(one, other), ...change });
      }
    }
    for (const proxy of this.#proxies) proxy.onChange();
  }

  /** In both directions. */
  between(some: readonly string[], others: readonly string[], change: Partial<Conditions>): void {
    this.change(some, others, change);
    this.change(others, some, change);
  }

  /** Every path is open again; what is late or lost stays so. */
  heal(): void {
    for (const [way, conditions] of this.#conditions)
      this.#conditions.set(way, { ...conditions, path: "open" });
    for (const proxy of this.#proxies) proxy.onChange();
  }

  async close(): Promise<void> {
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
  }
}
