/**
 * One run of the tool: what its commands share, and what is known when one of them fails or is interrupted.
 */

import type { Readable } from "node:stream";
import { EXIT, type ExitStatus } from "../base/exit-status.js";
import type { Clerk, ClerkError, ClerkErrorCode, ClerkOptions, SessionKeeper } from "../clerk/clerk.js";
import { configFilePaths, readConfigFiles } from "./config-file.js";
import { LeaderCache } from "./leader-cache.js";
import type { Output } from "./output.js";
import { type Flags, readSettings, type SettingSources, type Settings } from "./settings.js";
import type { UnfinishedWrite } from "./unfinished/note.js";
import { type KeptNote, Notebook } from "./unfinished/notebook.js";

/** What is being asked of the cluster just now. */
export interface Operation {
  /** As in `put "greeting"`. */
  readonly name: string;
  /** It may have taken effect when it is cut short. */
  readonly isWrite: boolean;
  readonly settings: Settings;
  /** By which another run can finish it; absent: none could. */
  readonly note?: KeptNote;
}

/** Where commands have their Clerks from. */
export interface Clerks {
  take(options: ClerkOptions): Promise<Clerk>;
  /** Of each that was taken, once. `failed`: what was done with it. */
  giveBack(clerk: Clerk, failed: boolean): Promise<void>;
}

/** Who else than an argument can say what to store. */
export type Input = Readable & { readonly isTTY?: boolean };

export interface InvocationOptions {
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Default: stdin. @throws CliError 64: it is not to be had */
  readonly input?: () => Input;
  /** Default: each command makes one and closes it. */
  readonly clerks?: Clerks;
  /** For those options that a command does not name. Default: none. */
  readonly flags?: Flags;
  readonly isInShell?: boolean;
}

export class Invocation {
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: () => Input;
  /** It is a line of `kvraft repl`, which the terminal and its signals belong to. */
  readonly isInShell: boolean;
  readonly #clerks: Clerks;
  readonly #flags: Flags;
  /** The status of a run that did not fail. */
  exitStatus: ExitStatus = EXIT.done;
  /** The command ends in its own way on SIGINT. */
  handlesInterrupt = false;
  #operation: Operation | null = null;

  constructor(options: InvocationOptions) {
    const { output, environment, input = () => process.stdin, clerks = ONE_EACH, flags = {} } = options;
    this.output = output;
    this.environment = environment;
    this.input = input;
    this.isInShell = options.isInShell === true;
    this.#clerks = clerks;
    this.#flags = flags;
  }

  /** What is under way or has failed; null: nothing was sent, or it is done. */
  get operation(): Operation | null {
    return this.#operation;
  }

  async settings(flags: Flags): Promise<Settings> {
    return readSettings(await this.settingSources(flags));
  }

  async settingSources(flags: Flags): Promise<SettingSources> {
    const { environment } = this;
    const files = await readConfigFiles(configFilePaths(environment));
    return { flags: mergeFlags(this.#flags, flags), environment, files };
  }

  /** For a person who watches; scripts see the exit status. */
  remark(text: string): void {
    if (process.stderr.isTTY) process.stderr.write(`kvraft: ${text}\n`);
  }

  /** Belongs to what was asked for, and is no data: for scripts too. */
  note(text: string): void {
    process.stderr.write(`kvraft: ${text}\n`);
  }

  /** Runs `work` with a Clerk and gives that back, whatever becomes of it. A note of it is struck when it is known what became of it. */
  async withClerk<T>(
    operation: Operation,
    work: (clerk: Clerk) => Promise<T>,
    sessions: SessionKeeper | undefined = operation.note,
  ): Promise<T> {
    const { settings, note } = operation;
    const leaders = new LeaderCache(this.environment, settings.endpoints);
    const { endpoints } = leaders;
    const { timeoutMs } = settings;
    const clerk = await this.#clerks.take({
      endpoints,
      timeoutMs,
      ...(sessions === undefined ? {} : { sessions }),
    });
    this.#operation = operation;
    try {
      const result = await work(clerk);
      note?.strike();
      leaders.remember(clerk.leader);
      this.#operation = null;
      return result;
    } catch (error) {
      const { ClerkError } = await import("../clerk/clerk-error.js");
      if (error instanceof ClerkError && note !== undefined && isSettled(error, note)) note.strike();
      throw error;
    } finally {
      note?.letGo();
      await this.#clerks.giveBack(clerk, this.#operation !== null);
    }
  }

  /** As {@link withClerk}, of one write, which is noted first. */
  async withWrite<T>(
    {
      settings,
      name,
      ...write
    }: Omit<Operation, "isWrite" | "note"> & Omit<UnfinishedWrite, "endpoints" | "time">,
    work: (clerk: Clerk) => Promise<T>,
  ): Promise<T> {
    const { endpoints } = settings;
    const note = new Notebook(this.environment).begin({
      ...write,
      endpoints,
      time: new Date().toISOString(),
    });
    return this.withClerk({ name, isWrite: true, settings, ...(note === null ? {} : { note }) }, work);
  }
}

const ONE_EACH: Clerks = {
  take: async (options) => {
    // The library is loaded only where a command talks to a cluster: help and errors need not wait for it.
    const { Clerk } = await import("../clerk/clerk.js");
    return new Clerk(options);
  },
  giveBack: (clerk) => clerk.close(),
};

/** What `flags` say goes before what `base` says; a context goes before endpoints of `base` too. */
function mergeFlags(base: Flags, flags: Flags): Flags {
  const { endpoints, ...others } = base;
  return flags.context === undefined ? { ...base, ...flags } : { ...others, ...flags };
}

/** Nothing is left to be done: the caller knows that it failed, or would be told the same each time. */
function isSettled({ code, outcomeUnknown }: ClerkError, { isTakenOver }: KeptNote): boolean {
  return !outcomeUnknown && (!isTakenOver || REFUSALS.has(code));
}

/** Would be told again each time. */
export const REFUSALS: ReadonlySet<ClerkErrorCode> = new Set<ClerkErrorCode>([
  "key-empty",
  "key-too-large",
  "value-too-large",
  "value-over-limit",
  "invalid",
]);
