/** What is refused before anything is sent. Each function gives the error, or null. */
import type { ByteString } from "../base/byte-string.js";
import type { Operation } from "../kv/command.js";
import type { ScanRange } from "../kv/store.js";
import { KEY_BYTES_MAX, VALUE_BYTES_MAX } from "../wire/limits.js";
import { ClerkError } from "./clerk-error.js";

export function faultOfKey(key: ByteString): ClerkError | null {
  if (key.length === 0) return new ClerkError("key-empty", "the key is empty: a key has at least one byte");
  return faultOfBound("key", key);
}

export function faultOfOperation(operation: Operation): ClerkError | null {
  if (operation.kind !== "delete" && operation.value.length > VALUE_BYTES_MAX) {
    const { length } = operation.value;
    return new ClerkError(
      "value-too-large",
      `the value has ${length} bytes, and no value may have more than ${VALUE_BYTES_MAX}`,
    );
  }
  return faultOfKey(operation.key);
}

export function faultOfRange({ from, to, prefix, limit }: ScanRange): ClerkError | null {
  if (!Number.isSafeInteger(limit) || limit < 0 || limit > 0xffffffff) {
    return new ClerkError("invalid", `the limit of a scan is a whole number from 0, not ${limit}`);
  }
  return faultOfBound("from", from) ?? faultOfBound("to", to) ?? faultOfBound("prefix", prefix);
}

function faultOfBound(what: string, key: ByteString): ClerkError | null {
  if (key.length <= KEY_BYTES_MAX) return null;
  return new ClerkError(
    "key-too-large",
    `the ${what} has ${key.length} bytes, and no key has more than ${KEY_BYTES_MAX}`,
  );
}
