/** A program on a real pseudo-terminal: a server of tmux of its own, whose screen is read and whose keyboard is typed on. */
import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually, plainEnvironment, type Teardown, temporaryDirectory } from "./processes.js";

const run = promisify(execFile);

export const HAS_TMUX = spawnSync("tmux", ["-V"]).error === undefined;

export class PseudoTerminal {
  readonly #socket: string;

  private constructor(socket: string) {
    this.#socket = socket;
  }

  /** After the program has ended the screen says `ended with STATUS`. */
  static async start(
    t: Teardown,
    command: readonly string[],
    environment: Readonly<Record<string, string>>,
    { columns, rows } = { columns: 80, rows: 24 },
  ): Promise<PseudoTerminal> {
    const terminal = new PseudoTerminal(join(await temporaryDirectory(t), "tmux"));
    const shell = ["sh", "-c", '"$@"; echo "ended with $?"; exec cat', "sh", ...command];
    const session = ["new-session", "-d", "-x", String(columns), "-y", String(rows), ...shell];
    const env = { ...plainEnvironment(), TERM: "xterm-256color", LANG: "C.UTF-8", ...environment };
    await run("tmux", ["-S", terminal.#socket, "-f", "/dev/null", "-u", ...session], { env });
    t.teardown(() => terminal.#tmux("kill-server"));
    return terminal;
  }

  /** Keys by their names in tmux, such as `Enter` and `C-c`; everything else as it is. */
  async type(...keys: readonly string[]): Promise<void> {
    await this.#tmux("send-keys", ...keys);
  }

  /** Without blank rows at the end. */
  async screen(): Promise<string> {
    return (await this.#tmux("capture-pane", "-p")).trimEnd();
  }

  /** As {@link screen}, with the escape sequences that make it look as it does. */
  async styledScreen(): Promise<string> {
    return await this.#tmux("capture-pane", "-p", "-e");
  }

  /** Also what was scrolled away. */
  async history(): Promise<string> {
    return await this.#tmux("capture-pane", "-p", "-S", "-");
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** Whether it is the screen that programs have for a while, and whether the cursor is seen. */
  async modes(): Promise<{ readonly isAlternate: boolean; readonly hasCursor: boolean }> {
    const modes = await this.#tmux("display-message", "-p", "#{alternate_on} #{cursor_flag}");
    return { isAlternate: modes.startsWith("1"), hasCursor: modes.trimEnd().endsWith("1") };
  }

  /** Resolves to the screen once it matches all of them. */
  async shows(...patterns: readonly RegExp[]): Promise<string> {
    let screen = "";
    try {
      return await eventually(patterns.join(", "), async () => {
        screen = await this.screen();
        return patterns.every((pattern) => pattern.test(screen)) ? screen : null;
      });
    } catch (error) {
      throw new Error(`the screen shows:\n${screen}`, { cause: error });
    }
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    return (await run("tmux", ["-S", this.#socket, ...args])).stdout;
  }
}
