/**
 * Who led last, in `$XDG_CACHE_HOME/kvraft`, so that a short command asks that member first. A hint and nothing more: whoever
 * is asked says who leads now, and what cannot be read or written here is done without.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isSystemError } from "./failure.js";
import { makeXdgDirectory, xdgDirectory } from "./xdg.js";

export class LeaderCache {
  /** As they are to be asked. */
  readonly endpoints: readonly string[];
  readonly #directory: string;
  readonly #path: string;

  /** Of the cluster with these `endpoints`. Only one of them is ever taken for its leader. */
  constructor(environment: Readonly<Record<string, string | undefined>>, endpoints: readonly string[]) {
    this.#directory = xdgDirectory(environment, "XDG_CACHE_HOME");
    this.#path = join(this.#directory, `leader-${digest([...endpoints].sort().join(","))}`);
    const leader = endpoints.length > 1 ? this.#read() : "";
    this.endpoints = endpoints.includes(leader)
      ? [leader, ...endpoints.filter((endpoint) => endpoint !== leader)]
      : endpoints;
  }

  /** Null: that did not show. */
  remember(leader: string | null): void {
    if (leader === null || leader === this.endpoints[0] || !this.endpoints.includes(leader)) return;
    try {
      if (!makeXdgDirectory(this.#directory)) return;
      // Whoever reads meanwhile sees one or the other.
      const draft = `${this.#path}.${process.pid}`;
      writeFileSync(draft, leader, { mode: 0o600 });
      renameSync(draft, this.#path);
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
  }

  #read(): string {
    try {
      return readFileSync(this.#path, "utf8");
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return "";
    }
  }
}

/** FNV-1a, 32 bits. Where two lists have the same, one finds a leader that is none of its own, and asks as if there were no hint. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
