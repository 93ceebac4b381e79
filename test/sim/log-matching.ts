/** Log matching (§5.3): a position determines its entry, and the term before it, in every log and message. */
import { crc32 } from "node:zlib";
import { assert } from "../../src/base/assert.js";
import type { Entry } from "../../src/raft/entry.js";

export class LogMatching {
  /** What was ever seen at "index@term". */
  readonly #contents = new Map<string, string>();

  /** `entries` follow each other. `prevLogTerm` is that of the one before them; null: not known. */
  follow(prevLogTerm: number | null, entries: readonly Entry[]): void {
    let previous = prevLogTerm;
    for (const entry of entries) {
      const position = `${entry.index}@${entry.term}`;
      if (previous !== null) {
        const content = `${contentOf(entry)} after term ${previous}`;
        const known = this.#contents.get(position);
        if (known === undefined) this.#contents.set(position, content);
        else assert(known === content, `two entries at ${position}: ${known}, and ${content}`);
      }
      previous = entry.term;
    }
  }
}

/** Equal for entries of one term, kind and data. */
export function contentOf(entry: Entry): string {
  const data = entry.kind === "command" ? `${entry.data.length} bytes, CRC ${crc32(entry.data)}` : "";
  return `${entry.term} ${entry.kind} ${data}`;
}
