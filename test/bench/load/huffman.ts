/**
 * HPACK's Huffman code (RFC 7541, appendix B), for printable ASCII. The code is canonical: the codes of one length follow each
 * other in the order of their characters, so the lengths say all. Characters that no gRPC status bears (control
 * characters, backslash, everything from 127 on) have longer codes and are refused.
 */

/** Lengths in bits of the codes of NUL and of " " to "~", in base 36; 0: none here. */
const LENGTHS = [
  "d",
  "6aacd68baa8b8666",
  "555666666678f6ca",
  "d677777777777777",
  "77777777878d0de6",
  "f565656665776665",
  "67655677777fbed",
].join("");
const LENGTH_MAX = 15;
const FIRST_PRINTABLE = 32;

/** By length: the first code of that length, and the characters in order. */
const FIRST_CODES: number[] = [];
const CHARACTERS: string[][] = [];

for (let length = 0, code = 0; length <= LENGTH_MAX; length++) {
  const characters: string[] = [];
  for (const [at, digit] of [...LENGTHS].entries()) {
    if (length > 0 && Number.parseInt(digit, 36) === length) {
      characters.push(String.fromCharCode(at === 0 ? 0 : FIRST_PRINTABLE + at - 1));
    }
  }
  code *= 2;
  FIRST_CODES.push(code);
  CHARACTERS.push(characters);
  code += characters.length;
}

/** Throws where the bytes are no code of printable ASCII, padded with ones to a whole byte. */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  let code = 0;
  let length = 0;
  for (let bit = 8 * start; bit < 8 * end; bit++) {
    code = 2 * code + (((bytes[bit >>> 3] as number) >>> (7 - (bit & 7))) & 1);
    length++;
    const character = CHARACTERS[length]?.[code - (FIRST_CODES[length] ?? 0)];
    if (character !== undefined) {
      text += character;
      code = 0;
      length = 0;
    } else if (length > LENGTH_MAX) throw new Error("HPACK: a code that is not of printable ASCII");
  }
  if (length > 7 || code !== 2 ** length - 1) throw new Error("HPACK: a text is cut off");
  return text;
}
