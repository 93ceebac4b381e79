/**
 * Bytes in their cheapest heap form: a string with one character (0–255) a byte.
 * V8 stores such strings with one byte a character and without an object of their own for
 * the memory (measured, 1M keys: 249 bytes a key against 656 with a Buffer each), and
 * comparing two of them compares their bytes. Turning real bytes into this form and
 * back is done by `wire/`, which may use Buffer; the pure floors only compare and join.
 */

/** A string whose every character code is a byte. `<` on two of them is byte order. */
export type ByteString = string;

/** The least string after every string that starts with `prefix`; undefined where there is none (all 0xff). */
export function afterPrefix(prefix: ByteString): ByteString | undefined {
  let end = prefix.length;
  while (end > 0 && prefix.charCodeAt(end - 1) === 0xff) end--;
  if (end === 0) return undefined;
  return prefix.slice(0, end - 1) + String.fromCharCode(prefix.charCodeAt(end - 1) + 1);
}
