/**
 * The values of one register, as far as they can matter: a radix tree over everything that was read. A value
 * that is a prefix of something read has exactly one place in it, so that two values are equal if their
 * places are, and an append walks down the appended text alone, however long the value has grown. Every
 * other value is UNSEEN: whoever reads it, the history is illegal, so they need not be told apart.
 *
 * Nothing here is hashed: comparisons are exact. Knows nothing of operations and their order.
 */
import { assert } from "../base/assert.js";

/** The contents of a register: ABSENT, UNSEEN, or a place in the tree. */
export type State = number;
/** There is no value. */
export const ABSENT: State = -1;
/** There is a value, and nobody reads it or anything appended to it. */
export const UNSEEN: State = -2;

/** A place is a node, and how many characters of its text: node * LENGTH_SPAN + length. */
const LENGTH_SPAN = 2 ** 30;

/** The node of the empty value. */
const ROOT = 0;

interface Node {
  /** The node's own text is the first `length` characters of this; shared with what was read. */
  readonly text: string;
  readonly length: number;
  parent: number;
  /** By the next character. */
  readonly children: Map<number, number>;
  /** The greatest deadline of a reader at or below this node. */
  lastDeadline: number;
  /** Positions of this node, and of the last one below it, in a walk from the root. */
  first: number;
  last: number;
}

export interface Reading {
  readonly value: string;
  /** When at the latest it is read: the rank of the reader among all that end. */
  readonly deadline: number;
}

export class ValueTree {
  readonly #nodes: Node[] = [newNode("", 0, ROOT)];
  /** What was read has a node of its own, found without a walk; long values are read often. */
  readonly #read = new Map<string, number>();
  readonly #leaves: readonly Node[];

  constructor(readings: readonly Reading[]) {
    // Shorter ones first: a register that only grows then makes one long chain, in which each
    // value begins where the one before it ended.
    let last = { value: "", node: ROOT };
    for (const { value, deadline } of [...readings].sort((a, b) => a.value.length - b.value.length)) {
      if (value !== last.value) {
        const from = value.slice(0, last.value.length) === last.value ? last.node : ROOT;
        last = { value, node: this.#insert(value, from) };
        this.#read.set(value, last.node);
      }
      const node = this.#node(last.node);
      node.lastDeadline = Math.max(node.lastDeadline, deadline);
    }
    this.#number();
    this.#leaves = this.#nodes.filter(({ children }) => children.size === 0);
  }

  /** The register after a put of `value`. */
  valueOf(value: string): State {
    const node = this.#read.get(value);
    return node === undefined ? this.append(ROOT * LENGTH_SPAN, value) : node * LENGTH_SPAN + value.length;
  }

  /** The register after an append of `piece`. */
  append(state: State, piece: string): State {
    if (state === UNSEEN) return UNSEEN;
    if (state === ABSENT) return this.valueOf(piece);
    let at = nodeOf(state);
    let node = this.#node(at);
    let length = lengthOf(state);
    for (let from = 0; from < piece.length; ) {
      if (length === node.length) {
        const child = node.children.get(piece.charCodeAt(from));
        if (child === undefined) return UNSEEN;
        at = child;
        node = this.#node(at);
      }
      const count = Math.min(node.length - length, piece.length - from);
      if (!sameText(node.text, length, piece, from, count)) return UNSEEN;
      length += count;
      from += count;
    }
    return at * LENGTH_SPAN + length;
  }

  /** `state` as it matters to readers with that deadline or a later one: UNSEEN where nobody is left. */
  seenFrom(state: State, deadline: number): State {
    return state >= 0 && this.#node(nodeOf(state)).lastDeadline < deadline ? UNSEEN : state;
  }

  /** Of ABSENT less than of any value. */
  lengthOf(state: State): number {
    return state < 0 ? -1 : lengthOf(state);
  }

  /** The greatest deadline of a reader of `state` or of what appends make of it; -1: there is none. */
  lastReadOf(state: State): number {
    return state < 0 ? -1 : this.#node(nodeOf(state)).lastDeadline;
  }

  /** The greatest deadline of a reader of a value that begins with `state` and has `piece` somewhere after it; -1: there is none. */
  lastReadWith(piece: string, state: State = ROOT * LENGTH_SPAN): number {
    const from = lengthOf(state);
    const { first, last } = this.#node(nodeOf(state));
    let deadline = -1;
    for (const leaf of this.#leaves) {
      if (leaf.first < first || leaf.first > last) continue;
      const found = leaf.text.indexOf(piece, from);
      if (found !== -1) deadline = Math.max(deadline, this.#nodeOn(leaf, found + piece.length).lastDeadline);
    }
    return deadline;
  }

  /** The node, on the way from the root to `leaf`, that character `length` belongs to. */
  #nodeOn(leaf: Node, length: number): Node {
    let node = leaf;
    for (let above = this.#node(node.parent); above !== node && above.length >= length; ) {
      node = above;
      above = this.#node(node.parent);
    }
    return node;
  }

  /** What comes after `state`, a character each: its code, and the place it leads to. */
  ways(state: State): { readonly code: number; readonly state: State }[] {
    const node = this.#node(nodeOf(state));
    const length = lengthOf(state);
    if (length < node.length) return [{ code: node.text.charCodeAt(length), state: state + 1 }];
    return [...node.children].map(([code, child]) => ({ code, state: child * LENGTH_SPAN + length + 1 }));
  }

  /** Whether appends can turn `state` into `target`; both are places. */
  isPrefix(state: State, target: State): boolean {
    const { first, last } = this.#node(nodeOf(state));
    const below = this.#node(nodeOf(target)).first;
    return first <= below && below <= last && lengthOf(state) <= lengthOf(target);
  }

  /** Returns the node of `value`, whose text is known to begin with that of node `at`. */
  #insert(value: string, at: number): number {
    let node = this.#node(at);
    while (node.length < value.length) {
      const next = node.children.get(value.charCodeAt(node.length));
      if (next === undefined) return this.#add(value, value.length, at);
      const child = this.#node(next);
      const end = Math.min(child.length, value.length);
      if (sameText(child.text, node.length, value, node.length, end - node.length)) {
        at = end === child.length ? next : this.#split(next, end);
      } else {
        let shared = node.length;
        while (child.text.charCodeAt(shared) === value.charCodeAt(shared)) shared++;
        at = this.#split(next, shared);
      }
      node = this.#node(at);
    }
    return at;
  }

  /** Puts a node of `length` characters between `below` and its parent. */
  #split(below: number, length: number): number {
    const child = this.#node(below);
    const between = this.#add(child.text, length, child.parent);
    this.#node(between).children.set(child.text.charCodeAt(length), below);
    child.parent = between;
    return between;
  }

  #add(text: string, length: number, parent: number): number {
    const at = this.#nodes.push(newNode(text, length, parent)) - 1;
    const above = this.#node(parent);
    above.children.set(text.charCodeAt(above.length), at);
    return at;
  }

  /** Numbers the nodes in a walk from the root and gathers deadlines upwards; the tree may be very deep. */
  #number(): void {
    const order: number[] = [];
    for (let stack = [ROOT], at = stack.pop(); at !== undefined; at = stack.pop()) {
      const node = this.#node(at);
      node.first = node.last = order.push(at) - 1;
      stack.push(...node.children.values());
    }
    for (const at of order.reverse()) {
      const node = this.#node(at);
      const parent = this.#node(node.parent);
      parent.last = Math.max(parent.last, node.last);
      parent.lastDeadline = Math.max(parent.lastDeadline, node.lastDeadline);
    }
  }

  #node(at: number): Node {
    const node = this.#nodes[at];
    assert(node !== undefined, "a place lies in the tree");
    return node;
  }
}

const nodeOf = (state: State): number => Math.floor(state / LENGTH_SPAN);
const lengthOf = (state: State): number => state - nodeOf(state) * LENGTH_SPAN;

function newNode(text: string, length: number, parent: number): Node {
  return { text, length, parent, children: new Map(), lastDeadline: -1, first: 0, last: 0 };
}

/** Compares slices: the engine makes them without copying and compares them in one go. */
function sameText(a: string, aFrom: number, b: string, bFrom: number, count: number): boolean {
  if (a.charCodeAt(aFrom) !== b.charCodeAt(bFrom)) return false;
  return a.slice(aFrom, aFrom + count) === b.slice(bFrom, bFrom + count);
}
