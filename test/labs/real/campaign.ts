/**
 * Rounds of random faults under concurrent clients, on two clusters in turn, of three and of five members. Each round
 * begins with the start of all members on the data that the round before left, and ends with kill -9 of all.
 * Its history is judged from the state that the last one ended in, so nothing acknowledged may get lost
 * between rounds either.
 */
import type { Operation } from "../../../src/lin/operation.js";
import type { Dice } from "../../sim/dice.js";
import { judge } from "./judge.js";
import { type Lab, STREAM, sleep } from "./lab.js";
import type { LabCluster } from "./lab-cluster.js";
import type { RecordedClient } from "./recorded-client.js";

export interface Disturbance {
  readonly name: "kills" | "partitions";
  readonly separateClients: boolean;
  /**
   * Two or three seconds of trouble. When it has resolved all members run again; whatever it did to the network is
   * undone by the caller.
   */
  disturb(
    cluster: LabCluster,
    world: { readonly dice: Dice; readonly clients: readonly string[] },
  ): Promise<void>;
}

const KEYS = ["a", "b", "c"];
/** This client reads when all is over; the others are numbered from 1. */
const READER = 0;
const CLIENTS = 6;
/** Every other client gives up soon, so that there are outcomes which nobody knows. */
const IMPATIENT_MS = 700;
const PAUSE_MS_MAX = 4;

export class Campaign {
  readonly #lab: Lab;
  readonly #disturbance: Disturbance;
  readonly #sites: readonly Site[];
  #rounds = 0;
  #operations = 0;

  private constructor(lab: Lab, disturbance: Disturbance, sites: readonly Site[]) {
    this.#lab = lab;
    this.#disturbance = disturbance;
    this.#sites = sites;
  }

  static async make(lab: Lab, disturbance: Disturbance): Promise<Campaign> {
    const { separateClients } = disturbance;
    const sites: Site[] = [];
    for (const members of [3, 5]) {
      sites.push({ cluster: await lab.cluster({ members, separateClients }), state: new Map(), open: [] });
    }
    return new Campaign(lab, disturbance, sites);
  }

  /** Throws what the first broken promise has to say. */
  async round(): Promise<void> {
    const site = this.#sites[this.#rounds % this.#sites.length];
    if (site === undefined) return;
    const round = this.#rounds++;
    this.#lab.newHistory();
    await site.cluster.start();
    await this.#work(site.cluster, round);
    const state = await readAll(this.#lab, site.cluster);
    await site.cluster.kill();
    const history = this.#lab.recorder.history();
    judge([...site.open, ...history], { initial: site.state });
    site.state = state;
    this.#operations += history.length;
    this.#lab.note = `${this.#operations} operations`;
    site.open = history.filter((operation) => operation.end === null);
  }

  async #work(cluster: LabCluster, round: number): Promise<void> {
    const dice = (stream: number): Dice => this.#lab.dice(STREAM.round * round + stream);
    const clients: RecordedClient[] = [];
    for (let number = READER + 1; number <= CLIENTS; number++) {
      const patience = number % 2 === 0 ? { timeoutMs: IMPATIENT_MS } : {};
      clients.push(await this.#lab.client(cluster, { number, ...patience }));
    }
    let working = true;
    const worked = Promise.all(
      clients.map((client) => {
        const draws = dice(STREAM.client + client.number);
        return work(client, { dice: draws, round, goesOn: () => working });
      }),
    );
    worked.catch(() => {}); // Told below, when everything is in order again.
    try {
      await this.#disturbance.disturb(cluster, {
        dice: dice(STREAM.faults),
        clients: clients.map(({ name }) => name),
      });
    } finally {
      working = false;
      cluster.heal();
    }
    await worked;
    cluster.assertAlive();
    await Promise.all(clients.map((client) => client.close()));
  }
}

/** A cluster between its rounds. */
interface Site {
  readonly cluster: LabCluster;
  state: ReadonlyMap<string, string>;
  /**
   * Of the last round, what may have taken effect after its last reads; nothing of earlier ones can, for
   * no request outlives the kill of all members at a round's end.
   */
  open: readonly Operation[];
}

async function work(
  client: RecordedClient,
  { dice, round, goesOn }: { readonly dice: Dice; readonly round: number; readonly goesOn: () => boolean },
): Promise<void> {
  for (let number = 0; goesOn(); number++) {
    const key = dice.pick(KEYS);
    const value = `<${round}.${client.number}.${number}>`;
    const draw = dice.below(100);
    if (draw < 35) await client.call({ op: "get", key });
    else if (draw < 75) await client.call({ op: "append", key, value });
    else if (draw < 90) await client.call({ op: "put", key, value });
    else await client.call({ op: "delete", key });
    await sleep(dice.below(PAUSE_MS_MAX + 1));
  }
}

/** What stands at the end; these reads are part of the history. */
async function readAll(lab: Lab, cluster: LabCluster): Promise<ReadonlyMap<string, string>> {
  const client = await lab.client(cluster, { number: READER });
  const state = new Map<string, string>();
  for (const key of KEYS) {
    const value = await client.must({ op: "get", key });
    if (value !== null) state.set(key, value);
  }
  await client.close();
  return state;
}
