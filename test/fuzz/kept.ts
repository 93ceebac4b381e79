/**
 * Inputs that have once shown a fault. Each is a file of hexadecimal lines under the name of its target, with a
 * comment that says what it showed.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

export const KEPT_DIRECTORY = path.join(import.meta.dirname, "../../../test/testdata/fuzz");
const BYTES_PER_LINE = 40;

export interface KeptCase {
  readonly target: string;
  readonly name: string;
  /** What it showed. */
  readonly title: string;
  readonly input: Uint8Array;
}

/** Gives the path of the file. */
export function keepCase(
  target: string,
  input: Uint8Array,
  what: { readonly fault: Error; readonly replay: string },
  root = KEPT_DIRECTORY,
): string {
  const directory = path.join(root, target);
  mkdirSync(directory, { recursive: true });
  const number = what.replay.replace(/.*--seed (\d+) --case (\d+)/, "$1-$2");
  const file = path.join(directory, `${number}.hex`);
  const title = what.fault.message.replaceAll(/\s+/g, " ");
  const lines =
    Buffer.from(input)
      .toString("hex")
      .match(new RegExp(`.{1,${2 * BYTES_PER_LINE}}`, "g")) ?? [];
  writeFileSync(file, `# ${what.fault.name}: ${title}\n# ${what.replay}\n${lines.join("\n")}\n`);
  return file;
}

export function keptCases(root = KEPT_DIRECTORY): KeptCase[] {
  if (!existsSync(root)) return [];
  return readdirSync(root).flatMap((target) =>
    readdirSync(path.join(root, target)).map((name) => {
      const text = readFileSync(path.join(root, target, name), "utf8");
      const lines = text.split("\n");
      const hex = lines.filter((line) => !line.startsWith("#")).join("");
      const title = lines[0]?.replace(/^# /, "") ?? "";
      return { target, name, title, input: Uint8Array.from(Buffer.from(hex, "hex")) };
    }),
  );
}
