/**
 * Puts the pairs of an export, many at a time: those of one key one after the other, so that the last line counts. A value that is too
 * large for one request is put in pieces. To import a line twice does no harm.
 */
import type { Clerk, Pair } from "../../clerk/clerk.js";
import { toByteString } from "../../wire/bytes.js";

const UNDER_WAY_MAX = 64;
/** Less than any member takes in a request, unless it is told to take very little. */
const PIECE_BYTES = 256 * 1024;

export class Importer {
  readonly #clerk: Pick<Clerk, "put" | "append">;
  readonly #onDone: (pair: Pair) => void;
  /** By key: the last put of it. */
  readonly #byKey = new Map<string, Promise<void>>();
  readonly #underWay = new Set<Promise<void>>();
  /** Lines that are not known to be stored. */
  readonly #lines = new Set<number>();
  #lastLine: number;
  #failure: { readonly error: unknown } | null = null;

  /** `skipped`: lines that are not imported. */
  constructor(
    clerk: Pick<Clerk, "put" | "append">,
    { skipped, onDone }: { skipped: number; onDone: (pair: Pair) => void },
  ) {
    this.#clerk = clerk;
    this.#lastLine = skipped;
    this.#onDone = onDone;
  }

  /** All lines up to this one are stored. */
  get storedLines(): number {
    const [oldest] = this.#lines;
    return oldest === undefined ? this.#lastLine : oldest - 1;
  }

  /** Resolves when there is room for another. @throws what a put has failed with */
  async add(pair: Pair, line: number): Promise<void> {
    this.#lastLine = line;
    this.#lines.add(line);
    const key = toByteString(pair.key);
    const before = this.#byKey.get(key) ?? Promise.resolve();
    const put = before
      .then(() => this.#put(pair))
      .then(
        () => {
          this.#lines.delete(line);
          this.#onDone(pair);
        },
        (error: unknown) => {
          this.#failure ??= { error };
        },
      );
    this.#byKey.set(key, put);
    this.#underWay.add(put);
    void put.then(() => {
      this.#underWay.delete(put);
      if (this.#byKey.get(key) === put) this.#byKey.delete(key);
    });
    while (this.#underWay.size >= UNDER_WAY_MAX) await Promise.race(this.#underWay);
    this.#check();
  }

  /** @throws what a put has failed with */
  async finish(): Promise<void> {
    await Promise.all(this.#underWay);
    this.#check();
  }

  async #put({ key, value }: Pair): Promise<void> {
    // Nothing more is begun once one has failed.
    if (this.#failure !== null) throw this.#failure.error;
    await this.#clerk.put(key, value.subarray(0, PIECE_BYTES));
    for (let at = PIECE_BYTES; at < value.length; at += PIECE_BYTES) {
      await this.#clerk.append(key, value.subarray(at, at + PIECE_BYTES));
    }
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}
