/** Reports of members for the tests of what shows them. */
import type { MemberReport } from "../../src/clerk/status-query.js";

export function report(id: string, overrides: Partial<MemberReport> = {}): MemberReport {
  return {
    id,
    role: "follower",
    term: 7,
    leader: "n1",
    lastIndex: 120,
    commitIndex: 119,
    appliedIndex: 118,
    snapshotIndex: 100,
    logBytes: 2048,
    client: `${id}.example:6840`,
    peer: `${id}.example:6841`,
    ...overrides,
  };
}
