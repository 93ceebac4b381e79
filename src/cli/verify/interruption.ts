/** Ctrl-C, and SIGTERM, for what should end in an orderly way: the first is heard, the second ends the process. */
import { EXIT } from "../../base/exit-status.js";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

export class Interruption {
  happened = false;
  readonly #onFirst: () => void;
  readonly #listener = () => {
    if (this.happened) process.exit(EXIT.interrupted);
    this.happened = true;
    this.#onFirst();
  };

  /** Listens from now on. */
  constructor(onFirst: () => void) {
    this.#onFirst = onFirst;
    for (const name of SIGNALS) process.on(name, this.#listener);
  }

  release(): void {
    for (const name of SIGNALS) process.off(name, this.#listener);
  }
}
