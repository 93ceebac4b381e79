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

  /** The program is started in 80 columns and 24 rows; after it has ended the screen says `ended with STATUS`. */
  static async start(
    t: Teardown,
    command: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): Promise<PseudoTerminal> {
    const terminal = new PseudoTerminal(join(await temporaryDirectory(t), "tmux"));
    const shell = ["sh", "-c", '"$@"; echo "ended with $?"; exec cat', "sh", ...command];
    const session = ["new-session", "-d", "-x", "80", "-y", "24", ...shell];
    const env = { ...plainEnvironment(), TERM: "xterm-256color", LANG: "C.UTF-8", ...environment };
    await run("tmux", ["-S", terminal.#socket, "-f", "/dev/null", ...session], { env });
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

  /** Resolves to the screen once it matches. */
  async shows(pattern: RegExp): Promise<string> {
    let screen = "";
    try {
      return await eventually(String(pattern), async () => {
        screen = await this.screen();
        return pattern.test(screen) ? screen : null;
      });
    } catch (error) {
      throw new Error(`the screen shows:\n${screen}`, { cause: error });
    }
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    return (await run("tmux", ["-S", this.#socket, ...args])).stdout;
  }
}
