/**
 * What happened in a run: folded into one hash, by which two runs are compared, and, where somebody reads
 * along, a line of text for each event. Nothing that differs between two runs of one seed (the
 * random salts of files on disk) may be told to it.
 */
import type { EventLoop } from "./event-loop.js";

export class Trace {
  readonly #loop: EventLoop;
  readonly #print: ((line: string) => void) | null;
  #a = 0x811c9dc5;
  #b = 0x050c5d1f;

  constructor(loop: EventLoop, print: ((line: string) => void) | null) {
    this.#loop = loop;
    this.#print = print;
  }

  /** `facts` decide the hash; `words`, asked for only when somebody reads along, say the same to people. */
  event(who: string, facts: readonly (string | number)[], words: () => string): void {
    this.#number(this.#loop.nowUs);
    this.#string(who);
    for (const fact of facts) {
      if (typeof fact === "number") this.#number(fact);
      else this.#string(fact);
    }
    if (this.#print === null) return;
    const seconds = (this.#loop.nowUs / 1_000_000).toFixed(6).padStart(11);
    this.#print(`${seconds} ${who.padEnd(4)} ${words()}`);
  }

  /** 16 hexadecimal digits. */
  get hash(): string {
    return (this.#a >>> 0).toString(16).padStart(8, "0") + (this.#b >>> 0).toString(16).padStart(8, "0");
  }

  #string(text: string): void {
    for (let at = 0; at < text.length; at++) this.#word(text.charCodeAt(at));
    this.#word(text.length);
  }

  #number(value: number): void {
    this.#word(value | 0);
    this.#word(Math.floor(value / 2 ** 32) | 0);
  }

  /** Two FNV-1a-like hashes over words. */
  #word(word: number): void {
    this.#a = Math.imul(this.#a ^ word, 0x01000193);
    this.#a ^= this.#a >>> 15;
    this.#b = (Math.imul(this.#b ^ word, 0x01000193) + 0x9e3779b9) | 0;
    this.#b ^= this.#b >>> 13;
  }
}
