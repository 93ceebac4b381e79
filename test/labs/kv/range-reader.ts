/** Scans of a range by a real Clerk in virtual time, recorded and checked as the other operations of a history are. */
import { assert } from "../../../src/base/assert.js";
import { ClerkCore } from "../../../src/clerk/clerk-core.js";
import { ClerkError } from "../../../src/clerk/clerk-error.js";
import type { ScanPage } from "../../../src/kv/store.js";
import { clientAddress } from "../../sim/peer-port.js";
import type { RecordedClerkOptions } from "../../sim/recorded-clerk.js";
import type { World } from "../../sim/world.js";

export class RangeReader {
  readonly #options: RecordedClerkOptions;
  readonly #core: ClerkCore;

  constructor({ loop }: World, options: RecordedClerkOptions) {
    this.#options = options;
    const { endpoints, timeoutMs, dialer, dice } = options;
    this.#core = new ClerkCore({
      endpoints: endpoints.map(clientAddress),
      timeoutMs,
      dialer,
      timers: {
        nowMs: () => loop.nowUs / 1000,
        after: (delayMs, run) => {
          let cancelled = false;
          loop.after(delayMs * 1000, () => cancelled || run());
          return () => {
            cancelled = true;
          };
        },
      },
      entropy: (length) => dice.bytes(length),
    });
  }

  /** The values of the keys from `from` up to and without `to`, in order. What fits into one page. */
  async scan(from: string, to: string): Promise<readonly string[]> {
    const range = { from, to, prefix: "", limit: 0, keysOnly: false };
    const { name, history } = this.#options;
    const recorded = history.begin({ client: name, op: "scan", key: "", value: null });
    const outcome = await new Promise<ScanPage | ClerkError>((resolve) => this.#core.scan(range, resolve));
    const error = outcome instanceof ClerkError ? outcome : null;
    history.end(recorded, error);
    assert(
      !(outcome instanceof ClerkError),
      `${name} has to get its scan of ${from} to ${to}: ${error?.message}`,
    );
    history.scanned(recorded, range, outcome);
    assert(outcome.nextKey === "", "all of the range fits into one page");
    return outcome.pairs.map(({ value }) => value);
  }

  close(): void {
    this.#core.close();
  }
}
