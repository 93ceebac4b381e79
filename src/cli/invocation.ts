/**
 * One run of the tool: what its commands share, and what is known when one of them fails or is interrupted.
 */
import { EXIT, type ExitStatus } from "../base/exit-status.js";
import type { Clerk } from "../clerk/clerk.js";
import { configFilePath, readConfigFile } from "./config-file.js";
import type { Output } from "./output.js";
import { readSettings, type Settings, type SettingTexts } from "./settings.js";

/** What is being asked of the cluster just now. */
export interface Operation {
  /** As in `put "greeting"`. */
  readonly name: string;
  /** It may have taken effect when it is cut short. */
  readonly isWrite: boolean;
  readonly settings: Settings;
}

export class Invocation {
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The status of a run that did not fail. */
  exitStatus: ExitStatus = EXIT.done;
  /** The command ends in its own way on SIGINT. */
  handlesInterrupt = false;
  #operation: Operation | null = null;

  constructor(options: { output: Output; environment: Readonly<Record<string, string | undefined>> }) {
    this.output = options.output;
    this.environment = options.environment;
  }

  /** What is under way or has failed; null: nothing was sent, or it is done. */
  get operation(): Operation | null {
    return this.#operation;
  }

  async settings(flags: SettingTexts): Promise<Settings> {
    const file = await readConfigFile(configFilePath(this.environment));
    return readSettings({ flags, environment: this.environment, file });
  }

  /** For a person who watches; scripts see the exit status. */
  remark(text: string): void {
    if (process.stderr.isTTY) process.stderr.write(`kvraft: ${text}\n`);
  }

  /** Belongs to what was asked for, and is no data: for scripts too. */
  note(text: string): void {
    process.stderr.write(`kvraft: ${text}\n`);
  }

  /** Runs `work` with a Clerk and closes it, whatever becomes of it. */
  async withClerk<T>(operation: Operation, work: (clerk: Clerk) => Promise<T>): Promise<T> {
    // The library is loaded only where a command talks to a cluster: help and errors need not wait for it.
    const { Clerk } = await import("../clerk/clerk.js");
    const { endpoints, timeoutMs } = operation.settings;
    const clerk = new Clerk({ endpoints, timeoutMs });
    this.#operation = operation;
    try {
      const result = await work(clerk);
      this.#operation = null;
      return result;
    } finally {
      await clerk.close();
    }
  }
}
