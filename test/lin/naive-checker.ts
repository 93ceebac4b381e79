/**
 * Linearizability of one key by its definition: tries every order that respects real time, with every
 * subset of the operations of unknown outcome. For a dozen of operations; the real checker is held against it.
 */
import { unreachable } from "../../src/base/assert.js";
import type { Operation } from "../../src/lin/operation.js";

/** `value`: what is stored before the history, null for nothing. */
export function isLinearizable(history: readonly Operation[], value: string | null = null): boolean {
  return canGoOn(history, value, new Set());
}

/** `operations`: those that are left. `failed`: which were left, with which value, where it did not go on. */
function canGoOn(operations: readonly Operation[], value: string | null, failed: Set<string>): boolean {
  if (operations.every(({ end }) => end === null)) return true;
  const name = JSON.stringify([value, operations]);
  if (failed.has(name)) return false;
  const firstEnd = Math.min(...operations.map(({ end }) => end ?? Number.POSITIVE_INFINITY));
  const canBeNext = (operation: Operation): boolean => {
    if (operation.start > firstEnd) return false;
    const after = apply(operation, value);
    const rest = operations.filter((other) => other !== operation);
    return after !== undefined && canGoOn(rest, after, failed);
  };
  if (operations.some(canBeNext)) return true;
  failed.add(name);
  return false;
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
