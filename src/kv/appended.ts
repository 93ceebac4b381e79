/**
 * Joining strings without letting them grow into long chains. V8 answers `a + b` with a pair that points to
 * both, and makes one string of it only when somebody reads it: cheap, but measured at 33 bytes of memory
 * for each byte of a value that was appended byte by byte and not read since.
 */
import { assert } from "../base/assert.js";
import type { ByteString } from "../base/byte-string.js";

/** Pieces of this length or more outweigh what the chain costs them. */
const LONG_PIECE_BYTES = 64;

/**
 * `old + piece`, made one string when a short piece takes the length past a multiple of a 64th to a 128th of
 * itself. So short pieces wait in a chain only until they are a small part of the value, and
 * each of their bytes costs at most 128 copied ones, at memory speed. (Measured up to 16 MiB: at most 1.8 bytes of
 * memory a byte, and 3 µs an append.)
 */
export function appended(old: ByteString, piece: ByteString): ByteString {
  const joined = old + piece;
  if (piece.length < LONG_PIECE_BYTES) {
    const stepBits = Math.max(0, 25 - Math.clz32(joined.length));
    if (old.length >>> stepBits !== joined.length >>> stepBits) flatten(joined, piece);
  }
  return joined;
}

/** Reading a character by its position makes V8 join the parts; the check keeps it from dropping the read. */
function flatten(joined: ByteString, piece: ByteString): void {
  const last = joined.charCodeAt(joined.length - 1);
  assert(last === piece.charCodeAt(piece.length - 1), "a joined string ends as its last piece");
}
