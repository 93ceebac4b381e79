/**
 * Puts a session on the terminal and leaves the terminal as it was, however the view ends: by a key, a signal or a crash, or for a
 * while by suspension. Only for a terminal on both sides: into a pipe Ink would write its cursor movements.
 */
import { type Instance, render } from "ink";
import { systemTimers } from "../../../clerk/system-ports.js";
import { TcpDialer } from "../../../clerk/tcp-dialer.js";
import { glyphsFor } from "./layout/glyphs.js";
import { LiveSession } from "./live-session.js";
import { StatusScreen, type TerminalSize } from "./status-screen.js";

const ENTER = "\x1b[?1049h\x1b[H\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";

const COLUMNS_DEFAULT = 80;
const ROWS_DEFAULT = 24;
/** Signals end the view and then the process, as they would have without a handler. */
const ENDING: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP"];
/** If nobody has stopped us by then, nobody will: without job control there is no suspension. */
const SUSPENSION_MS = 100;

export interface LiveOptions {
  readonly endpoints: readonly string[];
  /** For the answer of one member. */
  readonly timeoutMs: number;
  readonly allowActions: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Resolves when the person has seen enough. @throws what drawing throws */
export function showLive({ environment, ...options }: LiveOptions): Promise<void> {
  const glyphs = glyphsFor(environment);
  const session = new LiveSession({ ...options, glyphs, dialer: new TcpDialer(), timers: systemTimers });
  const { NO_COLOR } = environment; // https://no-color.org
  return new LiveStatus(session, { hasColours: !NO_COLOR }).run();
}

class LiveStatus {
  readonly #session: LiveSession;
  readonly #hasColours: boolean;
  /** Null: the terminal is as it was before us. */
  #view: Instance | null = null;
  #finish = (_error?: Error): void => {};

  constructor(session: LiveSession, { hasColours }: { readonly hasColours: boolean }) {
    this.#session = session;
    this.#hasColours = hasColours;
  }

  async run(): Promise<void> {
    const ended = new Promise<void>((resolve, reject) => {
      this.#finish = (error) => (error === undefined ? resolve() : reject(error));
    });
    for (const signal of ENDING) process.on(signal, this.#endBy);
    process.on("SIGCONT", this.#resume).on("exit", this.#leave);
    // Before whoever says what has happened: that has to stay to be read.
    process.prependListener("uncaughtException", this.#leave);
    process.stdin.on("end", this.#quit).on("error", this.#quit);
    try {
      this.#enter();
      await ended;
    } finally {
      await this.#leave();
      this.#session.close();
      for (const signal of ENDING) process.off(signal, this.#endBy);
      process.off("SIGCONT", this.#resume).off("exit", this.#leave);
      process.off("uncaughtException", this.#leave);
      process.stdin.off("end", this.#quit).off("error", this.#quit).pause();
    }
  }

  #enter(): void {
    process.on("SIGTSTP", this.#suspend);
    process.stdout.write(ENTER);
    const view = render(
      <StatusScreen
        session={this.#session}
        terminal={terminal}
        hasColours={this.#hasColours}
        onEffect={({ kind }) => void (kind === "quit" ? this.#quit() : this.#suspend())}
      />,
      { stdout: boundless(process.stdout), exitOnCtrlC: false, patchConsole: false },
    );
    this.#view = view;
    view.waitUntilExit().catch(this.#finish);
    this.#session.start();
  }

  /** At once, but for what Ink has to clear up afterwards: that is done when the result resolves. */
  readonly #leave = (): Promise<unknown> => {
    const view = this.#view;
    if (view === null) return Promise.resolve();
    this.#view = null;
    process.off("SIGTSTP", this.#suspend);
    this.#session.rest();
    const cleared = view.waitUntilExit().catch(() => {});
    view.unmount();
    process.stdin.setRawMode(false);
    process.stdout.write(LEAVE);
    return cleared;
  };

  readonly #quit = (): void => this.#finish();

  readonly #endBy = (signal: NodeJS.Signals): void => {
    void this.#leave();
    for (const each of ENDING) process.off(each, this.#endBy);
    process.kill(process.pid, signal);
  };

  readonly #suspend = async (): Promise<void> => {
    await this.#leave();
    // All of the job: whoever started us (npx, a script) waits otherwise, and the shell with it.
    process.kill(0, "SIGTSTP");
    // Whoever goes on is told so by SIGCONT, which comes before the immediate.
    setTimeout(() => setImmediate(() => void (this.#view ?? this.#resume())), SUSPENSION_MS);
  };

  /** A shell may have used the terminal meanwhile, even if we did not leave it. */
  readonly #resume = async (): Promise<void> => {
    await this.#leave();
    this.#enter();
  };
}

const terminal: TerminalSize = {
  current: () => size,
  subscribe: (changed) => {
    const resized = () => {
      size = measured();
      changed();
    };
    process.stdout.on("resize", resized);
    return () => void process.stdout.off("resize", resized);
  },
};

/** One object for one size. A terminal that does not know its own says 0. */
const measured = () => ({
  columns: process.stdout.columns || COLUMNS_DEFAULT,
  rows: process.stdout.rows || ROWS_DEFAULT,
});
let size = measured();

/**
 * The terminal as Ink is to see it. When one gets lower than the frame before, Ink would clear it together with all that was
 * scrolled away; our frames are never that tall, so it need not know the height. And 0 columns would make it ask other programs.
 */
function boundless(stdout: NodeJS.WriteStream): NodeJS.WriteStream {
  return new Proxy(stdout, {
    get(target, property) {
      if (property === "rows") return Number.POSITIVE_INFINITY;
      if (property === "columns") return target.columns || COLUMNS_DEFAULT;
      const value: unknown = Reflect.get(target, property);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
