import { setTimeout as pause } from "node:timers/promises";
import test from "ava";
import { type Clerk, ClerkError } from "../../src/clerk/clerk.js";
import { checkLinearizable } from "../../src/lin/checker.js";
import { Recorder, type Token } from "../../src/lin/recorder.js";
import { describeVerdict } from "../../src/lin/verdict.js";
import type { ClientReply } from "../../src/wire/client-message.js";
import { Cluster } from "./cluster.js";
import { finalStates } from "./data-directory.js";
import { MemberClient } from "./member-client.js";
import type { Teardown } from "./processes.js";

const PRELOAD = new URL("late-news/preload.js", import.meta.url).href;
const STOPPED_MS = 3000;
/**
 * How much later than its clients the leader hears from the other members, round by round: on one machine it would find
 * the news of its successor beside its clients' requests and never be tempted.
 */
const LATE_MS = [0, 200];
const KEYS = ["a", "b", "c"];
const CLERKS = 4;
const PINNED = 4;
/** Requests that each pinned client has in the stopped leader's socket when it wakes. */
const BUFFERED = 20;
const PAUSE_MS = 5;

/** All clients of the test: what they do, and whether they are to go on. */
class Clients {
  readonly recorder = new Recorder(() => performance.now() * 1e6);
  going = true;
  #values = 0;
  #clients = 0;

  nextClient(): number {
    return this.#clients++;
  }

  /** Through the library: it finds whoever leads. */
  async clerk(clerk: Clerk): Promise<void> {
    const client = this.nextClient();
    for (let at = client; this.going; at++) {
      const key = KEYS[at % KEYS.length] ?? "";
      if (at % 2 === 0) {
        const token = this.recorder.start(client, { op: "get", key });
        const value = await clerk.get(key);
        token.done(value === null ? null : Buffer.from(value).toString());
      } else {
        const value = `v${++this.#values}`;
        const token = this.recorder.start(client, { op: "put", key, value });
        await clerk.put(key, value).then(
          () => token.done(),
          (error: unknown) => failed(token, error),
        );
      }
      await pause(PAUSE_MS);
    }
  }

  /** On the one connection: a read and a write after each other, none waiting for the one before. */
  pinned(member: MemberClient, requests: number): readonly Promise<void>[] {
    return Array.from({ length: requests }, async (_, at) => {
      const client = this.nextClient();
      const key = KEYS[at % KEYS.length] ?? "";
      if (at % 2 === 0) {
        const token = this.recorder.start(client, { op: "get", key });
        settle(token, await member.get(key));
      } else {
        const value = `v${++this.#values}`;
        const token = this.recorder.start(client, { op: "put", key, value });
        settle(token, await member.write({ kind: "put", key, value }));
      }
    });
  }
}

function failed(token: Token, error: unknown): void {
  if (!(error instanceof ClerkError)) throw error;
  if (error.outcomeUnknown) token.unknown();
  else token.notDone();
}

function settle(token: Token, reply: ClientReply | null): void {
  if (reply === null) token.unknown();
  else if (reply.kind === "get") token.done(reply.value);
  else if (reply.kind === "result" && reply.result.status === "done") token.done();
  else if (reply.kind === "error" && reply.code === "outcome-unknown") token.unknown();
  else token.notDone();
}

async function pinnedClients(t: Teardown, endpoint: string): Promise<readonly MemberClient[]> {
  const clients = Array.from({ length: PINNED }, () => MemberClient.connect(t, endpoint));
  return Promise.all(clients);
}

test("PITFALLS 31: a leader that was stopped for three seconds, with requests in its sockets when it wakes, serves no stale read, and no write is lost", async (t) => {
  const cluster = await Cluster.start(t, { life: { preload: PRELOAD } });
  const clients = new Clients();
  const clerks = Array.from({ length: CLERKS }, () => clients.clerk(cluster.clerk(t)));
  const pinned: Promise<void>[] = [];
  for (const lateMs of LATE_MS) {
    const stopped = await cluster.leader();
    const members = await pinnedClients(t, stopped.client);
    await Promise.all(members.map((member) => member.openSession()));
    t.teardown(() => stopped.signal("SIGCONT"));
    stopped.tell(`late ${lateMs}`);
    await pause(PAUSE_MS);
    stopped.signal("SIGSTOP");
    for (const member of members) pinned.push(...clients.pinned(member, BUFFERED));
    await pause(STOPPED_MS);
    t.not(await cluster.leader(), stopped, "another leads by now");
    stopped.signal("SIGCONT");
    // While it finds out.
    for (const member of members) pinned.push(...clients.pinned(member, BUFFERED));
    await Promise.all(pinned);
    stopped.tell("late 0");
  }
  clients.going = false;
  await Promise.all(clerks);
  const clerk = cluster.clerk(t);
  for (const key of KEYS) {
    const token = clients.recorder.start(clients.nextClient(), { op: "get", key });
    token.done(Buffer.from((await clerk.get(key)) ?? []).toString());
  }
  const history = clients.recorder.history();
  const verdict = checkLinearizable(history);
  t.log(describeVerdict(verdict));
  t.is(verdict.outcome, "legal", describeVerdict(verdict));
  t.true(history.length > 500, `${history.length} operations`);
  const [first, ...others] = await finalStates(cluster);
  t.deepEqual(others, [first, first]);
});
