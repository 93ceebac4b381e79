/**
 * Linearizability of one key by its definition: tries every order that respects real time, with every
 * subset of the operations of unknown outcome. For a handful of operations; the real checker is held against it.
 */
import { unreachable } from "../../src/base/assert.js";
import type { Operation } from "./operation.js";

/** `value`: what is stored before the history, null for nothing. */
export function isLinearizable(history: readonly Operation[], value: string | null = null): boolean {
  if (history.every(({ end }) => end === null)) return true;
  const firstEnd = Math.min(...history.map(({ end }) => end ?? Number.POSITIVE_INFINITY));
  return history.some((operation) => {
    if (operation.start > firstEnd) return false;
    const after = apply(operation, value);
    const rest = history.filter((other) => other !== operation);
    return after !== undefined && isLinearizable(rest, after);
  });
}

/** Undefined: the output contradicts `value`. */
function apply(operation: Operation, value: string | null): string | null | undefined {
  switch (operation.op) {
    case "get":
      return operation.end === null || operation.output === value ? value : undefined;
    case "put":
      return operation.value;
    case "append":
      return (value ?? "") + operation.value;
    case "delete": {
      const told = operation.end === null ? null : operation.output;
      if (told !== null && (told === "absent") !== (value === null)) return undefined;
      return null;
    }
    default:
      return unreachable(operation);
  }
}
