/**
 * What a history consists of: operations of clients on one register a key, each with the interval in which
 * it must have taken effect. The checker, the recorder and the file form share these types.
 */

/** What a client asks for. An append to an absent key is a put. */
export type Call =
  | { readonly op: "get"; readonly key: string }
  | { readonly op: "put" | "append"; readonly key: string; readonly value: string }
  | { readonly op: "delete"; readonly key: string };

interface Observed {
  readonly client: number;
  /**
   * When the client called and when it had its answer, by one monotonic clock; nanoseconds, but any unit
   * will do. Two operations that touch (one ends as the other starts) count as concurrent, so a
   * coarse clock weakens the check and never raises a false alarm.
   */
  readonly start: number;
  /** Null: the outcome is unknown. The operation may take effect at any time after `start`, once, or never. */
  readonly end: number | null;
}

/** The value that was read, null where there was none; without meaning while `end` is null. */
export type GetOperation = Observed & Extract<Call, { op: "get" }> & { readonly output: string | null };
export type WriteOperation = Observed & Extract<Call, { op: "put" | "append" }>;
/** Whether there was something to delete; null where the client was not told, which then constrains nothing. */
export type DeleteOperation = Observed & Extract<Call, { op: "delete" }> & { readonly output: DeleteOutput };

export type DeleteOutput = "deleted" | "absent" | null;
export type Operation = GetOperation | WriteOperation | DeleteOperation;
