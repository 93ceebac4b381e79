/** A client of the suites: what its Clerk does enters the history, and the network knows it by its name. */
import type { Clerk } from "../../../src/clerk/clerk.js";
import { type Answer, RecordedClerk } from "../../../src/cli/verify/recorded-clerk.js";
import type { Call } from "../../../src/lin/operation.js";
import type { Recorder } from "../../../src/lin/recorder.js";

export class RecordedClient {
  readonly number: number;
  readonly #clerk: Clerk;
  readonly #recorded: RecordedClerk;

  constructor(number: number, { clerk, recorder }: { readonly clerk: Clerk; readonly recorder: Recorder }) {
    this.number = number;
    this.#clerk = clerk;
    this.#recorded = new RecordedClerk(number, { clerk, recorder });
  }

  /** What its ways are called in the network, where clients are separate. */
  get name(): string {
    return clientName(this.number);
  }

  /** Resolves when the Clerk has answered or given up; rejects when it fails as it never should. */
  async call(call: Call): Promise<Answer> {
    const answer = await this.#recorded.call(call);
    // No run is so long, and none has so many clients, that a session could expire.
    if (answer.kind === "gave-up" && answer.error.code === "session-expired") throw answer.error;
    return answer;
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
}

export function clientName(number: number): string {
  return `c${number}`;
}
