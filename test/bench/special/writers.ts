/**
 * Clients that put in a closed loop while their cluster loses its leader. For kvraft the product's Clerk, since failing over is
 * as much its work; for etcd the thin client with the endpoints of all members, which tries the next one at once after an
 * error and when no answer comes within a short time.
 */
import { setTimeout as pause } from "node:timers/promises";
import { Clerk } from "../../../src/clerk/clerk.js";
import { keyText, valuePool } from "../load/data.js";
import { EtcdConnection } from "../load/etcd-connection.js";
import { OneAtATime } from "../load/one-at-a-time.js";
import type { SystemName } from "../system.js";

export interface Writer {
  /** Rejects where this attempt did not succeed; the caller repeats it. */
  put(key: number): Promise<void>;
  close(): Promise<void>;
}

const VALUE_BYTES = 256;
const POOL = valuePool(VALUE_BYTES);
const VALUE = POOL.subarray(0, VALUE_BYTES);
const ATTEMPT_MS = 300;
const REST_MS = 5;

export function writerFor(system: SystemName, endpoints: readonly string[]): Writer {
  return system === "kvraft" ? clerkWriter(endpoints) : new EtcdWriter(endpoints);
}

function clerkWriter(endpoints: readonly string[]): Writer {
  const clerk = new Clerk({ endpoints });
  return { put: (key) => clerk.put(keyText(key), VALUE), close: () => clerk.close() };
}

class EtcdWriter implements Writer {
  readonly #endpoints: readonly string[];
  #at = 0;
  #client: OneAtATime | null = null;

  constructor(endpoints: readonly string[]) {
    this.#endpoints = endpoints;
  }

  async put(key: number): Promise<void> {
    const timer = setTimeout(() => this.#leave(), ATTEMPT_MS);
    try {
      this.#client ??= await this.#connect();
      await this.#client.put({ key, valueStart: 0 });
    } catch (error) {
      this.#leave();
      this.#at++;
      await pause(REST_MS);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.#leave();
  }

  #connect(): Promise<OneAtATime> {
    const address = this.#endpoints[this.#at % this.#endpoints.length] ?? "";
    return OneAtATime.open(EtcdConnection.open, { address, pool: POOL, valueBytes: VALUE_BYTES });
  }

  /** What is under way fails. */
  #leave(): void {
    this.#client?.close();
    this.#client = null;
  }
}
