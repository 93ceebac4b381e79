/** What the suites look at once clients are done. Errors say what was expected. */
import { assert } from "../../../src/base/assert.js";
import type { Lab } from "./lab.js";

/** What client `client` appends as its `number`-th. */
export function appendText(client: number, number: number): string {
  return `x ${client} ${number} y`;
}

const APPENDED = /x (\d+) (\d+) y/g;

/** Every append of every client is in `value`, once, in its client's order, and nothing else is. `counts` is by client. */
export function checkAppends(value: string, counts: ReadonlyMap<number, number>): void {
  const next = new Map<number, number>();
  for (const [text, client, number] of value.matchAll(APPENDED)) {
    const expected = next.get(Number(client)) ?? 0;
    assert(
      Number(number) === expected,
      `"${text}" stands where client ${client}'s append ${expected} has to be`,
    );
    next.set(Number(client), expected + 1);
  }
  for (const client of new Set([...next.keys(), ...counts.keys()])) {
    const found = next.get(client) ?? 0;
    const count = counts.get(client) ?? 0;
    assert(found === count, `of ${count} appends of client ${client} all have to be there, and ${found} are`);
  }
}

/** Bytes of log, on every server. */
export function checkLogBytes({ cluster, ids }: Lab, bytesMax: number): void {
  const { statuses } = cluster;
  assert(statuses.length === ids.length, `all ${ids.length} servers run, and ${statuses.length} do`);
  for (const { id, logBytes } of statuses) {
    assert(logBytes <= bytesMax, `${id} keeps ${logBytes} bytes of log, and ${bytesMax} is the most`);
  }
}

/** Entries of log, on every server. */
export function checkLogEntries({ cluster, ids }: Lab, entriesMax: number): void {
  const { statuses } = cluster;
  assert(statuses.length === ids.length, `all ${ids.length} servers run, and ${statuses.length} do`);
  for (const { id, appliedIndex, snapshotIndex } of statuses) {
    const entries = appliedIndex - snapshotIndex;
    assert(entries <= entriesMax, `${id} keeps ${entries} applied entries, and ${entriesMax} is the most`);
  }
}

export function checkNoSnapshots({ cluster }: Lab): void {
  for (const { id, files } of cluster.members) {
    const snapshots = files.filter((file) => file.endsWith(".snap") || file.endsWith(".part"));
    assert(snapshots.length === 0, `${id} must not take snapshots, and keeps ${snapshots}`);
  }
}
