/**
 * Carries out lines, each as if the tool had been run with its words: the same grammar, the same messages, one Clerk. Where the lines come
 * from, and what happens when one of them fails, is for others to decide.
 */
import type { Command } from "commander";
import type { ExitStatus } from "../../base/exit-status.js";
import { COMMANDS, type CommandTable } from "../command-table.js";
import { explainInterruption } from "../explain.js";
import { OutputClosedError } from "../failure.js";
import { type Input, Invocation, type InvocationOptions } from "../invocation.js";
import { describeFailure, run } from "../run.js";
import type { Flags, Settings } from "../settings.js";
import { KeptClerk } from "./kept-clerk.js";
import { splitLine, withoutName } from "./words.js";

/** They make no sense in here, or want the terminal and its signals for themselves. */
const OUTSIDE = ["playground", "repl", "bench", "verify", "completion", "complete"];

export interface ShellOptions extends Pick<InvocationOptions, "output" | "environment"> {
  /** Of the shell itself: every line begins with them. */
  readonly flags: Flags;
  readonly settings: Settings;
  /** What commands read that ask for stdin. */
  readonly input: () => Input;
}

export class Shell {
  /** No line is wanted any more. */
  isOver = false;
  /** In the order of the help. */
  readonly commands: CommandTable;
  readonly #options: ShellOptions;
  readonly #clerks: KeptClerk;
  #isBusy = false;
  #isInterrupted = false;

  constructor(options: ShellOptions) {
    this.#options = options;
    const commands = Object.entries(COMMANDS).filter(([name]) => !OUTSIDE.includes(name));
    const exit = async () => ({ define: (program: Command) => this.#defineExit(program) });
    this.commands = { ...Object.fromEntries(commands), exit };
    this.#clerks = new KeptClerk(options.settings);
  }

  /** A line is under way. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** The id of the member that is believed to lead; null: it is not known. */
  get leaderId(): string | null {
    return this.#clerks.leaderId;
  }

  /** Says on stderr what went wrong, and resolves to the exit status that the tool would have had. */
  async run(line: string): Promise<ExitStatus> {
    const invocation = this.invocation();
    this.#isInterrupted = false;
    this.#isBusy = true;
    try {
      const words = withoutName(splitLine(line));
      if (words.length > 0) await run(words, invocation, this.commands);
      return invocation.exitStatus;
    } catch (error) {
      if (error instanceof OutputClosedError) this.isOver = true;
      const { status, text } = this.#isInterrupted
        ? explainInterruption(invocation.operation, error)
        : await describeFailure(error, invocation);
      process.stderr.write(text);
      return status;
    } finally {
      this.#isBusy = false;
    }
  }

  /** One that shares the Clerk. */
  invocation(): Invocation {
    const { output, environment, input, flags } = this.#options;
    return new Invocation({ output, environment, input, flags, clerks: this.#clerks, isInShell: true });
  }

  /** Connects before anything is asked for. */
  async meet(): Promise<void> {
    await this.#clerks.meet();
  }

  /** The line under way ends as soon as it can. */
  interrupt(): void {
    this.#isInterrupted = true;
    this.#clerks.interrupt();
  }

  async close(): Promise<void> {
    await this.#clerks.close();
  }

  #defineExit(program: Command): void {
    program
      .command("exit")
      .alias("quit")
      .summary("end the shell")
      .description("Ends the shell, as Ctrl-D does.")
      .action(() => {
        this.isOver = true;
      });
  }
}
