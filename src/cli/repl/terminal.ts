/**
 * Lines from a person: editing, history and Tab are readline's. Prompt and echo go to stderr, since stdout is for data. What is typed while
 * a line is under way waits for its turn.
 */
import { Buffer } from "node:buffer";
import { createInterface, type Interface } from "node:readline";
import { Readable } from "node:stream";
import type { Input } from "../invocation.js";
import type { Completion } from "./completer.js";
import { HISTORY_LINES_MAX, type History } from "./history.js";

export interface TerminalOptions {
  readonly history: Pick<History, "lines" | "add">;
  readonly complete: (line: string) => Promise<Completion>;
  /** Ctrl-C while no line is awaited. */
  readonly onInterrupt: () => void;
}

interface Reader {
  readonly resolve: (line: string | null) => void;
  readonly reject: (error: Error) => void;
}

export class Terminal {
  readonly #options: TerminalOptions;
  readonly #waiting: string[] = [];
  /** Newest first. */
  #history: readonly string[];
  /** What the arrow keys go through: readline's own. */
  #shown: string[] = [];
  #readline: Interface | null = null;
  #reader: Reader | null = null;
  /** What is typed is the value of a command. */
  #isValue = false;
  /** Ctrl-D came while nobody waited for a line. */
  #ended = false;

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.#history = options.history.lines;
  }

  /** The next line; null: Ctrl-D on an empty one. */
  async read(prompt: string): Promise<string | null> {
    const line = await this.#read(prompt, false);
    if (line !== null) this.#keep(line);
    return line;
  }

  /** Shows another prompt, if a line is awaited. */
  prompt(prompt: string): void {
    if (this.#reader === null || this.#isValue) return;
    this.#readline?.setPrompt(prompt);
    this.#readline?.prompt(true);
  }

  /** What a command reads that asks for stdin: lines up to Ctrl-D. */
  input(): Input {
    const lines = async function* (this: Terminal) {
      for (let line = await this.#read("", true); line !== null; line = await this.#read("", true)) {
        yield Buffer.from(`${line}\n`);
      }
    };
    return Object.assign(Readable.from(lines.call(this)), { isTTY: true });
  }

  close(): void {
    this.#readline?.close();
  }

  #read(prompt: string, isValue: boolean): Promise<string | null> {
    this.#isValue = isValue;
    const line = this.#waiting.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#ended) {
      this.#ended = false;
      return Promise.resolve(null);
    }
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
      this.#readline ??= this.#open();
      this.#readline.setPrompt(prompt);
      this.#readline.prompt(true);
    });
  }

  #open(): Interface {
    const readline = createInterface({
      input: process.stdin,
      output: process.stderr,
      terminal: true,
      history: [...this.#history],
      historySize: HISTORY_LINES_MAX,
      completer: (line: string, done: (error: Error | null, completion: Completion) => void) =>
        void this.#complete(line).then((completion) => done(null, completion)),
    });
    readline.on("history", (lines) => {
      this.#shown = lines;
      // Whether it is a command is known when somebody takes it: what is typed ahead may be a value.
      this.#show();
    });
    readline.on("line", (line) => {
      // While a line is under way there is nothing to ask for.
      readline.setPrompt("");
      const reader = this.#takeReader();
      if (reader === null) this.#waiting.push(line);
      else reader.resolve(line);
    });
    readline.on("SIGINT", () => this.#interrupt());
    readline.on("close", () => {
      this.#readline = null;
      const reader = this.#takeReader();
      if (reader === null) {
        this.#ended = true;
      } else {
        process.stderr.write("\n");
        reader.resolve(null);
      }
    });
    return readline;
  }

  #keep(line: string): void {
    if (!this.#options.history.add(line)) return;
    this.#history = [line, ...this.#history].slice(0, HISTORY_LINES_MAX);
    this.#show();
  }

  #show(): void {
    this.#shown.splice(0, this.#shown.length, ...this.#history);
  }

  /** Only where a command is awaited: nothing else is to be completed, and keys are asked for when nothing else is. */
  async #complete(line: string): Promise<Completion> {
    if (this.#reader === null || this.#isValue) return [[], line];
    const completion = await this.#options.complete(line);
    const { line: now = "", cursor = 0 } = this.#readline ?? {};
    // readline would put it where the cursor is by then.
    return now.slice(0, cursor) === line ? completion : [[], line];
  }

  #takeReader(): Reader | null {
    const reader = this.#reader;
    this.#reader = null;
    return reader;
  }

  #interrupt(): void {
    process.stderr.write("^C\n");
    this.#readline?.write(null, { ctrl: true, name: "e" });
    this.#readline?.write(null, { ctrl: true, name: "u" });
    this.#waiting.length = 0;
    if (this.#reader !== null && !this.#isValue) return;
    this.#options.onInterrupt();
    this.#takeReader()?.reject(new Error("interrupted"));
  }
}
