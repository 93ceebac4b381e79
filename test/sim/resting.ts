/** With nothing to do nothing is held: no waiting clients, no forgotten files, no log beyond its limit. */
import { assert } from "../../src/base/assert.js";
import type { Cluster } from "./cluster.js";
import type { ClusterPlan } from "./cluster-plan.js";
import type { Member } from "./member.js";

/** What may come after the last snapshot at rest. */
const LOG_BYTES_SPARE = 4000;
const SEGMENTS_SPARE = 6;
/** Of the log on disk to those of its entries: a small one takes a sector. */
const DISK_BYTES_RATIO = 20;
/** What the longest of the simulation's entries takes on disk: whole sectors. */
const ENTRY_DISK_BYTES_MAX = 5 * 512;

/** All sound members of `cluster` are up and equal, and nothing was asked of them for a while. */
export function checkRest({ sound, world }: Cluster): void {
  for (const member of sound) {
    member.checkState();
    const { id, status } = member;
    const astray = world.consensus.astrayAbove(id, status?.snapshotIndex ?? 0);
    // A segment that holds replaced entries of higher indexes stays, and all after it, until a snapshot has got that far.
    const astraySegments = Math.ceil((2 * astray * ENTRY_DISK_BYTES_MAX) / world.plan.segmentBytes);
    holdsNothing(member, { ...world.plan, segmentsSpare: SEGMENTS_SPARE + astraySegments });
  }
}

function holdsNothing(
  { id, files, openFiles, unanswered, status }: Member,
  { ids, snapshotLogBytes, segmentBytes, segmentsSpare }: ClusterPlan & { readonly segmentsSpare: number },
): void {
  assert(unanswered === 0, `${id} owes ${unanswered} replies`);
  const snapshots = files.filter((file) => file.endsWith(".snap"));
  assert(snapshots.length <= 1, `${id} keeps ${snapshots}`);
  const drafts = files.filter((file) => file.endsWith(".part"));
  assert(drafts.length <= 1, `${id} keeps ${drafts}`);
  // The segment written to and the next one, a draft, and what a leader reads for its followers.
  assert(openFiles <= 2 + ids.length, `${id} keeps ${openFiles} files open`);
  assert(
    (status?.logBytes ?? 0) <= snapshotLogBytes + LOG_BYTES_SPARE,
    `${id} keeps ${status?.logBytes} bytes of log`,
  );
  if (snapshotLogBytes === Number.POSITIVE_INFINITY) return;
  const segments = files.filter((file) => file.endsWith(".wal"));
  const segmentsMax = segmentsSpare + (DISK_BYTES_RATIO * snapshotLogBytes) / segmentBytes;
  assert(segments.length <= segmentsMax, `${id} keeps ${segments}`);
}
