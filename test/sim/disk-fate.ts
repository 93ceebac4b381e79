/** What is to go wrong with a disk, and at which of its operations. */
import { unreachable } from "../../src/base/assert.js";
import type { Fate, Operation, OperationKind } from "../storage/simulated-disk.js";

/**
 * Operations of all kinds, those that change names, writes to the log that may be torn, whatever follows a new snapshot, or
 * whatever follows the deletion of a segment that a new snapshot covers.
 */
export type Aim = "all" | "names" | "long-writes" | "after-snapshot" | "after-deletion";

const CHANGES_NAMES: ReadonlySet<OperationKind> = new Set(["open", "rename", "unlink", "syncDirectory"]);
const SECTOR_BYTES = 512;

/** Of the operation, among those that it is aimed at, that so many others precede. */
export class PlannedFate {
  readonly fate: Fate;
  readonly #aim: Aim;
  #left: number;
  #sawSnapshot = false;
  #sawDeletion = false;

  constructor(fate: Fate, { of, after }: { readonly of: Aim; readonly after: number }) {
    this.fate = fate;
    this.#aim = of;
    this.#left = after;
  }

  /** Whether it has come with `operation`; asked once about each. */
  hasCome(operation: Operation): boolean {
    const { kind, path } = operation;
    if (kind === "rename" && path.endsWith(".snap")) this.#sawSnapshot = true;
    const isIt = this.#isAimedAt(operation) && this.#left-- === 0;
    if (this.#sawSnapshot && kind === "unlink" && path.endsWith(".wal")) this.#sawDeletion = true;
    return isIt;
  }

  #isAimedAt({ kind, path, bytes }: Operation): boolean {
    switch (this.#aim) {
      case "all":
        return true;
      case "names":
        return CHANGES_NAMES.has(kind);
      case "long-writes":
        return path.endsWith(".wal") && bytes > SECTOR_BYTES;
      case "after-snapshot":
        return this.#sawSnapshot;
      case "after-deletion":
        return this.#sawDeletion;
      default:
        return unreachable(this.#aim);
    }
  }
}
