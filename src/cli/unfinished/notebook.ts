/**
 * The notes of writes that were begun and are not known to be done, a file each in `$XDG_STATE_HOME/kvraft`, named `ID.PROCESS` after the
 * one that is at work on it, or `ID.free`. Whoever takes one over renames it, which only one of several can do. They outlive a crash of
 * the tool, not of the machine: nothing is synced, since that would cost more than the write itself.
 */
import { appendFileSync, readdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EXIT } from "../../base/exit-status.js";
import type { SessionKeeper, WriteName } from "../../clerk/session.js";
import { CliError, isSystemError } from "../failure.js";
import { makeXdgDirectory, xdgDirectory } from "../xdg.js";
import { parseNote, sessionLine, type UnfinishedWrite, writeLine } from "./note.js";

/** One that this process is at work on. Its session is noted before anything is sent in it. */
export class KeptNote implements SessionKeeper {
  readonly id: string;
  readonly write: UnfinishedWrite;
  readonly resumed: WriteName | null;
  /** Another process has begun the write. */
  readonly isTakenOver: boolean;
  readonly #path: string;
  #isOurs = true;

  constructor(options: {
    readonly id: string;
    readonly path: string;
    readonly write: UnfinishedWrite;
    readonly session: WriteName | null;
    readonly isTakenOver: boolean;
  }) {
    this.id = options.id;
    this.write = options.write;
    this.resumed = options.session;
    this.isTakenOver = options.isTakenOver;
    this.#path = options.path;
  }

  sending(write: WriteName): void {
    appendFileSync(this.#path, sessionLine(write));
  }

  /** What may have been sent in its session has certainly not run, and never will. */
  forgetSession(): void {
    appendFileSync(this.#path, sessionLine(null));
  }

  /** It is known what became of the write. */
  strike(): void {
    unlinkSync(this.#path);
    this.#isOurs = false;
  }

  /** Unless it is struck, leaves it to whoever wants it, this process too: nothing is at work on it any more. */
  letGo(): void {
    if (!this.#isOurs) return;
    this.#isOurs = false;
    renameSync(this.#path, join(dirname(this.#path), `${this.id}${FREE}`));
  }
}

export class Notebook {
  readonly #directory: string;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#directory = xdgDirectory(environment, "XDG_STATE_HOME");
  }

  /** Notes a write before it is sent. Null: no note can be kept here. */
  begin(write: UnfinishedWrite): KeptNote | null {
    const id = `${process.pid.toString(36)}-${Date.now().toString(36)}`;
    const path = this.#pathOf(id);
    try {
      this.#create(path, writeLine(write));
      return new KeptNote({ id, path, write, session: null, isTakenOver: false });
    } catch (error) {
      // A home that is not there or may not be written to, as services have it: the write itself needs none.
      if (isSystemError(error)) return null;
      throw error;
    }
  }

  /** The ids of notes that nobody is at work on, oldest first. */
  list(): readonly string[] {
    const notes = this.#files().filter(({ owner }) => owner === null || !isAlive(owner));
    const timed = notes.map(({ id, name }) => ({ id, time: this.#timeOf(name) }));
    return timed.sort((a, b) => (a.time < b.time ? -1 : 1)).map(({ id }) => id);
  }

  /** Takes a note over. Null: it holds nothing that was sent, and is gone. @throws CliError 64: there is none; 69: somebody is at work on it. */
  claim(id: string): KeptNote | null {
    const found = this.#files().find((file) => file.id === id);
    if (found === undefined) {
      throw new CliError(
        EXIT.usage,
        `there is no unfinished write ${id}`,
        "Try: kvraft resume, for all there are",
      );
    }
    if (found.owner !== null && isAlive(found.owner)) throw busy(id, `process ${found.owner.pid}`);
    const path = this.#pathOf(id);
    try {
      renameSync(join(this.#directory, found.name), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") throw busy(id, "another process");
      throw error;
    }
    const note = parseNote(readFileSync(path, "utf8"));
    if (note === "unknown") {
      throw new CliError(
        EXIT.data,
        `${path} is no note of an unfinished write that this version understands`,
      );
    }
    if (note === "empty") {
      unlinkSync(path);
      return null;
    }
    return new KeptNote({ id, path, ...note, isTakenOver: true });
  }

  /** Of the note while this process is at work on it. */
  #pathOf(id: string): string {
    return join(this.#directory, `${id}.${process.pid}-${startOf(process.pid)}`);
  }

  #create(path: string, text: string): void {
    const options = { flag: "wx", mode: 0o600 };
    try {
      writeFileSync(path, text, options);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      makeXdgDirectory(this.#directory);
      writeFileSync(path, text, options);
    }
  }

  #files(): { readonly name: string; readonly id: string; readonly owner: Owner | null }[] {
    let names: string[];
    try {
      names = readdirSync(this.#directory);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
    return names.flatMap((name) => {
      const [, id, pid, start = ""] = /^([0-9a-z]+-[0-9a-z]+)\.(?:free|([0-9]+)-([0-9]*))$/.exec(name) ?? [];
      return id === undefined
        ? []
        : [{ name, id, owner: pid === undefined ? null : { pid: Number(pid), start } }];
    });
  }

  #timeOf(name: string): string {
    try {
      const note = parseNote(readFileSync(join(this.#directory, name), "utf8"));
      return typeof note === "string" ? "" : note.write.time;
    } catch (error) {
      // Somebody has finished it, or taken it over, meanwhile.
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
      throw error;
    }
  }
}

/** In the place of the process: nobody is at work on it. */
const FREE = ".free";

interface Owner {
  readonly pid: number;
  /** When it was started, which tells it from a later one of the same number; empty: this system does not say. */
  readonly start: string;
}

function busy(id: string, who: string): CliError {
  return new CliError(
    EXIT.unavailable,
    `${who} is at work on ${id}`,
    "Nothing was sent. Try again when it has ended",
  );
}

function isAlive({ pid, start }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return startOf(pid) === start;
}

/** In ticks since this machine was started (proc(5): the 22nd field of stat, the second of which may hold anything, in brackets). */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")")).split(" ")[20] ?? "";
  } catch {
    return "";
  }
}
