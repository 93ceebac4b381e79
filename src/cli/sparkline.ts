/** Numbers as a line of characters, one each, as high as the number is. */

const BLOCKS = "▁▂▃▄▅▆▇█";
const ASCII = ".:-=+*%@";

/** From 0, a blank, to the greatest of them. More than `width` are put together, by their mean. */
export function sparkline(
  values: readonly number[],
  { width, ascii }: { readonly width: number; readonly ascii: boolean },
): string {
  const levels = ascii ? ASCII : BLOCKS;
  const drawn = fold(values, Math.ceil(values.length / width));
  const top = Math.max(...drawn);
  return drawn
    .map((value) => (value <= 0 ? " " : levels[Math.ceil((value / top) * levels.length) - 1]))
    .join("");
}

/** Whether the terminal understands more than ASCII, as the C library tells it. */
export function isUtf8Locale(environment: Readonly<Record<string, string | undefined>>): boolean {
  const { LC_ALL, LC_CTYPE, LANG } = environment;
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || "");
}

function fold(values: readonly number[], size: number): readonly number[] {
  if (size <= 1) return values;
  return Array.from({ length: Math.ceil(values.length / size) }, (_, at) => {
    const group = values.slice(at * size, (at + 1) * size);
    return group.reduce((sum, value) => sum + value, 0) / group.length;
  });
}
