/**
 * Where a benchmark lives: one temporary directory, the processes it has started, and what has to be undone. Whatever way it
 * ends, the processes are ended by their ids and the directory is gone.
 */
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Teardown } from "../e2e/processes.js";

export class Workshop implements Teardown {
  readonly directory: string;
  readonly #children = new Set<ChildProcess>();
  readonly #undo: (() => unknown)[] = [];

  constructor() {
    this.directory = mkdtempSync(join(tmpdir(), "kvraft-bench-"));
    // What the parts below make for themselves goes into it, too.
    Object.assign(process.env, { TMPDIR: this.directory });
    process.once("exit", () => {
      // Nobody can wait any more, but what each begins with, ending its processes, still happens.
      for (const run of this.#undo.splice(0).reverse()) run();
      this.#clear();
    });
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => process.exit(signal === "SIGINT" ? 130 : 143));
    }
  }

  teardown(run: () => unknown): void {
    this.#undo.push(run);
  }

  /** Ended with this process, at the latest. */
  adopt(child: ChildProcess): void {
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
  }

  /** Something that ends before the benchmark does; closed with it at the latest. */
  scope(): Scope {
    const scope = new Scope();
    this.teardown(() => scope.close());
    return scope;
  }

  async close(): Promise<void> {
    for (const run of this.#undo.splice(0).reverse()) await run();
    this.#clear();
  }

  #clear(): void {
    for (const child of this.#children) child.kill("SIGKILL");
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

export class Scope implements Teardown {
  readonly #undo: (() => unknown)[] = [];

  teardown(run: () => unknown): void {
    this.#undo.push(run);
  }

  /** In the opposite order; a second time does nothing. */
  async close(): Promise<void> {
    for (const run of this.#undo.splice(0).reverse()) await run();
  }
}
