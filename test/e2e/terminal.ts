/** A real terminal with a shell in it, as a person has one: what is typed, and what is on the screen. tmux holds it. */
import { execFile, execFileSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually, plainEnvironment, type Teardown, temporaryDirectory } from "./processes.js";

const run = promisify(execFile);

export function hasTmux(): boolean {
  try {
    execFileSync("tmux", ["-V"]);
    return true;
  } catch {
    return false;
  }
}

export class Terminal {
  readonly #socket: string;

  private constructor(socket: string) {
    this.#socket = socket;
  }

  /** With a prompt on it. Everything in it is ended when the test is. */
  static async open(
    t: Teardown,
    { columns = 120, rows = 24, environment = {} }: TerminalOptions = {},
  ): Promise<Terminal> {
    const terminal = new Terminal(join(await temporaryDirectory(t), "socket"));
    t.teardown(() => terminal.#tmux("kill-server"));
    const env = { ...plainEnvironment(), LC_ALL: "C.UTF-8", PS1: "prompt> ", ...environment };
    const size = ["-x", String(columns), "-y", String(rows)];
    const server = ["-S", terminal.#socket, "-f", "/dev/null", "-u"];
    await run("tmux", [...server, "new-session", "-d", ...size, "sh", "-i"], { env });
    await terminal.shows(/^prompt>$/m);
    return terminal;
  }

  /** A line for the shell. */
  async enter(line: string): Promise<void> {
    await this.#tmux("send-keys", "-l", line);
    await this.press("Enter");
  }

  /** Keys by tmux's names: `q`, `Down`, `C-z`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux("send-keys", ...keys);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** What is on the screen, lines without what is blank at their ends. */
  text(): Promise<string> {
    return this.#tmux("capture-pane", "-p");
  }

  /** With the escape sequences that make colours. */
  styledText(): Promise<string> {
    return this.#tmux("capture-pane", "-p", "-e");
  }

  /** Also what was scrolled away. */
  history(): Promise<string> {
    return this.#tmux("capture-pane", "-p", "-S", "-");
  }

  /** Resolves to the screen once it matches all. */
  async shows(...expected: readonly RegExp[]): Promise<string> {
    let text = "";
    try {
      return await eventually(`the screen shows ${expected.join(", ")}`, async () => {
        text = await this.text();
        return expected.every((each) => each.test(text)) ? text : null;
      });
    } catch (error) {
      throw new Error(`${(error as Error).message}; it shows:\n${text.trimEnd()}`);
    }
  }

  /** The screen of the shell is there again, with its cursor, its echo and its lines. */
  async isRestored(): Promise<boolean> {
    await eventually("the terminal is the shell's", async () =>
      (await this.#tmux("display-message", "-p", "#{alternate_on} #{cursor_flag}")) === "0 1\n" ? true : null,
    );
    await this.enter("stty -a | tr ' ;' '\\n\\n' | grep -cx -e echo -e icanon -e isig");
    await this.shows(/^3$/m);
    return true;
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    return (await run("tmux", ["-S", this.#socket, ...args])).stdout;
  }
}

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly environment?: Readonly<Record<string, string>>;
}
