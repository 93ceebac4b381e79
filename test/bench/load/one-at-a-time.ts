/** A thin connection with one worker and promises, for what is not measured by the microsecond. */
import type { ConnectionOptions, LoadConnection, Put, Replies, ReplyValue } from "./connection.js";

type Opener = (options: ConnectionOptions) => Promise<LoadConnection>;

export class OneAtATime implements Replies {
  #connection: LoadConnection | null = null;
  #settle: ((outcome: Uint8Array | Error) => void) | null = null;
  #lost: Error | null = null;

  static async open(
    open: Opener,
    options: Pick<ConnectionOptions, "address" | "pool" | "valueBytes">,
  ): Promise<OneAtATime> {
    const client = new OneAtATime();
    client.#connection = await open({ ...options, workers: 1, replies: client });
    return client;
  }

  get isLost(): boolean {
    return this.#lost !== null;
  }

  /** Rejects when the answer is an error, or none comes. */
  async put(put: Put): Promise<void> {
    await this.#ask((connection) => connection.put(0, put));
  }

  /** A copy of the value. */
  get(key: number): Promise<Uint8Array> {
    return this.#ask((connection) => connection.get(0, key));
  }

  close(): void {
    this.#connection?.close();
    this.lost("closed");
  }

  done(_worker: number, { bytes, start, end }: ReplyValue): void {
    this.#finish(Uint8Array.from(bytes.subarray(start, end)));
  }

  failed(_worker: number, reason: string): void {
    this.#finish(new Error(reason));
  }

  lost(reason: string): void {
    this.#lost = new Error(reason);
    this.#finish(this.#lost);
  }

  #ask(ask: (connection: LoadConnection) => void): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const connection = this.#connection;
      if (connection === null || this.#lost !== null) {
        reject(this.#lost ?? new Error("not connected"));
        return;
      }
      this.#settle = (outcome) => {
        this.#settle = null;
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      ask(connection);
      connection.flush();
    });
  }

  #finish(outcome: Uint8Array | Error): void {
    this.#settle?.(outcome);
  }
}
