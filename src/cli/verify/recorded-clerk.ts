/** A Clerk whose every operation and its outcome enter a history: one client of it, which does one thing at a time. */
import { type Clerk, ClerkError, type ClerkErrorCode } from "../../clerk/clerk.js";
import type { Call } from "../../lin/operation.js";
import type { Recorder } from "../../lin/recorder.js";
import { asBuffer } from "../../wire/bytes.js";

/** What of a Clerk is recorded. */
export type PlainClerk = Pick<Clerk, "get" | "put" | "append" | "delete">;

/** How an operation may fail in a world that falls apart. Any other failure is thrown. */
const EXPECTED: ReadonlySet<ClerkErrorCode> = new Set([
  "no-leader",
  "unreachable",
  "timeout",
  "overloaded",
  "session-expired",
]);

export type Answer =
  | { readonly kind: "done"; readonly output: string | null }
  | { readonly kind: "gave-up"; readonly error: ClerkError };

export class RecordedClerk {
  /** Its name in the history. */
  readonly number: number;
  readonly clerk: PlainClerk;
  readonly #recorder: Recorder;

  constructor(
    number: number,
    { clerk, recorder }: { readonly clerk: PlainClerk; readonly recorder: Recorder },
  ) {
    this.number = number;
    this.clerk = clerk;
    this.#recorder = recorder;
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

  async #perform(call: Call): Promise<string | null> {
    switch (call.op) {
      case "get": {
        const value = await this.clerk.get(call.key);
        // A character a byte: what should not be there is recorded as it is.
        return value === null ? null : asBuffer(value).toString("latin1");
      }
      case "delete":
        return (await this.clerk.delete(call.key)) ? "deleted" : "absent";
      default:
        await this.clerk[call.op](call.key, call.value);
        return null;
    }
  }
}
