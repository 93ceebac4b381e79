/** A live session over a pretended cluster in virtual time. */

import { ASCII } from "../../../../src/cli/screens/status/layout/glyphs.js";
import { textOf } from "../../../../src/cli/screens/status/layout/line.js";
import { LiveSession } from "../../../../src/cli/screens/status/live-session.js";
import type { ClientRequest } from "../../../../src/wire/client-message.js";
import { blankStats } from "../../../clerk/blank-stats.js";
import { FakeCluster, type FakeMember } from "../../../clerk/fake-cluster.js";
import { peerOf } from "../../observations.js";

/** Longer than all connections take, shorter than anything waits for. */
export const MOMENT_MS = 20;

export class PretendedSession {
  readonly cluster = new FakeCluster();
  readonly session: LiveSession;

  constructor(options: { readonly allowActions?: boolean } = {}) {
    for (const member of this.cluster.members) {
      member.intercept = (request) => this.#answer(member, request);
    }
    this.session = new LiveSession({
      endpoints: ["n1:1"],
      timeoutMs: 1000,
      allowActions: options.allowActions === true,
      glyphs: ASCII,
      dialer: this.cluster,
      timers: this.cluster.time,
    });
  }

  /** What is on the screen. */
  get text(): string {
    return this.session.frame({ columns: 80, rows: 24 }).lines.map(textOf).join("\n");
  }

  /** Every member's questions so far. */
  get questions(): readonly number[] {
    return this.cluster.members.map(({ requests }) => requests.length);
  }

  pass(ms: number): void {
    this.cluster.time.advance(ms);
  }

  #answer(member: FakeMember, request: ClientRequest): ReturnType<FakeMember["intercept"]> {
    if (request.kind === "transfer") {
      this.cluster.elect(request.to);
      return { kind: "transfer" };
    }
    if (request.kind !== "stats") return undefined;
    const answer = member.status();
    if (answer.kind !== "status") throw new Error("a status is one");
    const peers = this.cluster.members
      .filter((each) => each !== member)
      .map(({ id, mode }) => peerOf(id, { heardMs: mode === "up" ? 20 : 9000 }));
    return { kind: "stats", stats: { ...blankStats(answer.status), peers } };
  }
}
