/**
 * Copies of the repository's sources in a directory of their own, where mutants are built. The repository itself
 * is only read.
 */
import { spawn } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { type Edit, edited, type Mutant } from "./mutant.js";

export const ROOT = path.resolve(import.meta.dirname, "../../..");

const COMPILER = path.join(ROOT, "node_modules/typescript/bin/tsc");
const GENERATED = "src/wire/generated";
const SETTINGS = "src/tsconfig.common.json";

export class Workshop {
  /** Laid out as the repository, with `dist`. */
  readonly directory: string;
  /** Test folders that are built. */
  readonly #folders: readonly string[];
  /** Files that differ from the repository's, as they were. */
  readonly #originals = new Map<string, string>();

  private constructor(directory: string, folders: readonly string[]) {
    this.directory = directory;
    this.#folders = folders;
  }

  /**
   * Copies the repository's sources into `directory`, which does not exist, and builds these test folders. Throws
   * if they do not build.
   */
  static async open(directory: string, folders: readonly string[]): Promise<Workshop> {
    const workshop = new Workshop(directory, folders);
    const at = (file: string): string => path.join(directory, file);
    for (const part of ["src", "test", "package.json"]) {
      await fs.cp(path.join(ROOT, part), at(part), { recursive: true });
    }
    await fs.symlink(path.join(ROOT, "node_modules"), at("node_modules"));
    // What generates it runs before the compiler, and leaves it in both places.
    await fs.cp(at(GENERATED), path.join(at("dist"), GENERATED), { recursive: true });
    // A fault may well leave something unused.
    const settings = await fs.readFile(at(SETTINGS), "utf8");
    await fs.writeFile(at(SETTINGS), settings.replaceAll(/("noUnused\w+"): true/g, "$1: false"));
    const errors = await workshop.#build();
    if (errors !== null) throw new Error(`the sources as they are do not build:\n${errors}`);
    return workshop;
  }

  /** A second one in the same state. */
  async clone(directory: string): Promise<Workshop> {
    // Times decide what the compiler takes for built.
    await fs.cp(this.directory, directory, {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
    });
    return new Workshop(directory, this.#folders);
  }

  /** Builds the sources with this mutant and no other. Answers the compiler's errors; null: there are none. */
  async build(mutant: Mutant): Promise<string | null> {
    for (const [file, original] of this.#originals) await this.#write(file, original);
    this.#originals.clear();
    for (const edit of mutant.edits) await this.#apply(mutant, edit);
    return this.#build();
  }

  async #apply(mutant: Mutant, edit: Edit): Promise<void> {
    const { file } = edit;
    const source = await fs.readFile(path.join(this.directory, file), "utf8");
    if (!this.#originals.has(file)) this.#originals.set(file, source);
    await this.#write(file, edited(source, mutant, edit));
  }

  #write(file: string, source: string): Promise<void> {
    return fs.writeFile(path.join(this.directory, file), source);
  }

  async #build(): Promise<string | null> {
    const compiler = spawn(process.execPath, [COMPILER, "--build", ...this.#folders], {
      cwd: this.directory,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = new Promise<number | null>((resolve) => compiler.once("exit", resolve));
    const errors = await text(compiler.stdout);
    return (await exited) === 0 ? null : errors;
  }
}
