/** A Clerk whose every operation and its outcome enter the history. */
import { type Clerk, ClerkError, type ClerkErrorCode } from "../../../src/clerk/clerk.js";
import type { Call } from "../../../src/lin/operation.js";
import type { Recorder } from "../../../src/lin/recorder.js";

/** How an operation may fail in a world that falls apart. Any other failure is a fault. */
const EXPECTED: ReadonlySet<ClerkErrorCode> = new Set(["no-leader", "unreachable", "timeout", "overloaded"]);

export type Answer =
  | { readonly kind: "done"; readonly output: string | null }
  | { readonly kind: "gave-up"; readonly error: ClerkError };

export class RecordedClient {
  readonly number: number;
  readonly #clerk: Clerk;
  readonly #recorder: Recorder;

  constructor(number: number, { clerk, recorder }: { readonly clerk: Clerk; readonly recorder: Recorder }) {
    this.number = number;
    this.#clerk = clerk;
    this.#recorder = recorder;
  }

  /** What its ways are called in the network, where clients are separate. */
  get name(): string {
    return clientName(this.number);
  }

  /** Resolves when the Clerk has answered or given up; rejects when it fails as it never should. */
  async call(call: Call): Promise<Answer> {
    const token = this.#recorder.start(this.number, call);
    try {
      const output = await this.#perform(call);
      token.done(output);
      return { kind: "done", output };
    } catch (error) {
      if (!(error instanceof ClerkError) || !EXPECTED.has(error.code)) throw error;
      if (error.outcomeUnknown) token.unknown();
      else token.notDone();
      return { kind: "gave-up", error };
    }
  }

  /** For clients with patience enough: giving up is a fault. */
  async must(call: Call): Promise<string | null> {
    const answer = await this.call(call);
    if (answer.kind === "done") return answer.output;
    throw new Error(`client ${this.number}: ${call.op} ${call.key}: ${answer.error.message}`);
  }

  close(): Promise<void> {
    return this.#clerk.close();
  }

  async #perform(call: Call): Promise<string | null> {
    switch (call.op) {
      case "get": {
        const value = await this.#clerk.get(call.key);
        return value === null ? null : Buffer.from(value).toString("latin1");
      }
      case "delete":
        return (await this.#clerk.delete(call.key)) ? "deleted" : "absent";
      default:
        await this.#clerk[call.op](call.key, call.value);
        return null;
    }
  }
}

export function clientName(number: number): string {
  return `c${number}`;
}
