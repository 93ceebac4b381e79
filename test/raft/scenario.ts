/**
 * The language of the scenario scripts in test/testdata/raft: one command a line, each moving a
 * {@link Cluster} by one piece. What a command prints, and every change of role that it causes,
 * makes up the transcript that stands below it in the script.
 */
import { assert } from "../../src/base/assert.js";
import type { MemberId } from "../../src/raft/entry.js";
import type { RaftLimits } from "../../src/raft/limits.js";
import type { Message } from "../../src/raft/message.js";
import { Cluster, configurationOf, type Member, type SettleStep } from "./cluster.js";
import { describeEntries, describeMessage, describeReady } from "./format.js";

type Command = (scenario: Scenario, words: readonly string[]) => void;

export class Scenario {
  #cluster: Cluster | undefined;
  readonly #cuts = new Set<string>();
  readonly #roles = new Map<MemberId, string>();
  #lines: string[] = [];

  get cluster(): Cluster {
    assert(this.#cluster !== undefined, "a script begins with `cluster`");
    return this.#cluster;
  }

  set cluster(cluster: Cluster) {
    this.#cluster = cluster;
    this.#watch(() => {});
  }

  get cuts(): Set<string> {
    return this.#cuts;
  }

  /** Runs one command and answers what it printed. */
  run(line: string): readonly string[] {
    const [name = "", ...words] = line.split(" ");
    const command = COMMANDS[name];
    assert(command !== undefined, `there is no command "${name}"`);
    this.#lines = [];
    command(this, words);
    if (this.#cluster !== undefined) this.#watch((text) => this.print(text));
    return this.#lines;
  }

  print(line: string): void {
    this.#lines.push(line);
  }

  isCut(message: Message): boolean {
    return this.#cuts.has(`${message.from}>${message.to}`);
  }

  /** Messages on their way over a link, "a->b", oldest first. */
  link(link: string): readonly Message[] {
    return this.cluster.network.filter((message) => `${message.from}->${message.to}` === link);
  }

  take(message: Message): void {
    this.cluster.network.splice(this.cluster.network.indexOf(message), 1);
  }

  /** Prints what has become of a member's role, once. */
  #watch(print: (line: string) => void): void {
    for (const { id, running } of this.cluster.members) {
      const role = running === null ? "down" : `${running.node.role} of term ${running.node.currentTerm}`;
      if (this.#roles.get(id) !== role) print(`  ${id} is ${role}`);
      this.#roles.set(id, role);
    }
  }
}

const LIMITS: Readonly<Record<string, keyof RaftLimits>> = {
  "append-bytes": "appendBytesMax",
  "inflight-messages": "inflightMessagesMax",
  "uncommitted-bytes": "uncommittedBytesMax",
};

const COMMANDS: Readonly<Record<string, Command>> = {
  /** cluster ID... [KEY=NUMBER...] */
  cluster(scenario, words) {
    const numbers = options(words);
    const limits = Object.entries(LIMITS).flatMap(([key, limit]) => {
      const value = numbers.get(key);
      return value === undefined ? [] : [[limit, value] as const];
    });
    scenario.cluster = new Cluster({
      ids: words.filter((word) => !word.includes("=")),
      electionTimeoutTicks: numbers.get("election") ?? 10,
      heartbeatTicks: numbers.get("heartbeat") ?? 2,
      seed: numbers.get("seed") ?? 1,
      chunkBytes: numbers.get("chunk") ?? 4,
      limits: Object.fromEntries(limits),
    });
  },

  /** tick ID [COUNT] */
  tick({ cluster }, [id = "", count = "1"]) {
    for (let tick = 0; tick < Number(count); tick++) cluster.tick(id);
  },

  /** run COUNT: everybody ticks, then everything settles, so many times. */
  run(scenario, [count = ""]) {
    for (let tick = 0; tick < Number(count); tick++) {
      for (const { id } of scenario.cluster.up) scenario.cluster.tick(id);
      scenario.cluster.settle((message) => scenario.isCut(message));
    }
  },

  /** campaign ID: time passes for one member until it stands. */
  campaign({ cluster }, [id = ""]) {
    const { electionTimeoutTicks } = cluster.options;
    const start = cluster.node(id).role;
    for (let tick = 0; tick < 2 * electionTimeoutTicks && cluster.node(id).role === start; tick++)
      cluster.tick(id);
  },

  /** propose ID TEXT... */
  propose(scenario, [id = "", ...texts]) {
    for (const text of texts) {
      const result = scenario.cluster.propose(id, text);
      scenario.print(result.kind === "proposed" ? `${result.index}@${result.term}` : result.kind);
    }
  },

  read({ cluster }, [id = "", context = ""]) {
    cluster.readIndex(id, Number(context));
  },

  ready(scenario, [id = ""]) {
    for (const line of describeReady(scenario.cluster.ready(id))) scenario.print(line);
  },

  /** written ID: the write under way becomes durable. */
  written(scenario, [id = ""]) {
    const before = scenario.cluster.network.length;
    scenario.cluster.written(id);
    for (const message of scenario.cluster.network.slice(before))
      scenario.print(`send ${describeMessage(message)}`);
  },

  /** deliver LINK [all | last | again]: the oldest message, all of them, the newest, or the oldest without taking it away. */
  deliver(scenario, [link = "", which = "first"]) {
    const messages = scenario.link(link);
    const chosen = which === "all" ? messages : messages.slice(which === "last" ? -1 : 0).slice(0, 1);
    for (const message of chosen) {
      if (which !== "again") scenario.take(message);
      scenario.print(describeMessage(message));
      scenario.cluster.deliver(message);
    }
  },

  /** drop LINK [all] */
  drop(scenario, [link = "", which = "first"]) {
    for (const message of which === "all" ? scenario.link(link) : scenario.link(link).slice(0, 1)) {
      scenario.take(message);
      scenario.print(describeMessage(message));
    }
  },

  network(scenario) {
    for (const message of scenario.cluster.network) scenario.print(describeMessage(message));
  },

  /** settle [quiet]: everything but time goes on until nothing is left to do. */
  settle(scenario, [mode]) {
    const observe = mode === "quiet" ? () => {} : (step: SettleStep) => printStep(scenario, step);
    scenario.cluster.settle((message) => scenario.isCut(message), observe);
  },

  /** cut A B: the link between them loses everything, both ways. cut A>B: one way. */
  cut({ cuts }, words) {
    const [a = "", b] = words;
    if (b === undefined) cuts.add(a);
    else cuts.add(`${a}>${b}`).add(`${b}>${a}`);
  },

  isolate({ cluster, cuts }, [id = ""]) {
    for (const other of cluster.members) cuts.add(`${id}>${other.id}`).add(`${other.id}>${id}`);
  },

  heal({ cuts }) {
    cuts.clear();
  },

  /** crash ID [written]: with "written", the write under way has reached the disk, but nobody has heard of it. */
  crash({ cluster }, [id = "", written]) {
    cluster.crash(id, { isWritten: written === "written" });
  },

  restart({ cluster }, [id = ""]) {
    cluster.start(id);
  },

  /** snapshot ID [keep=COUNT] */
  snapshot({ cluster }, [id = "", ...words]) {
    cluster.snapshot(id, options(words).get("keep") ?? 0);
  },

  /** serve ID: its owner reads the next chunk that a follower needs. */
  serve({ cluster }, [id = ""]) {
    cluster.serveChunk(id);
  },

  /** write ID [damaged]: its owner writes the next chunk down. */
  write({ cluster }, [id = "", damaged]) {
    cluster.writeChunk(id, { isDamaged: damaged === "damaged" });
  },

  transfer(scenario, [id = "", to]) {
    if (!scenario.cluster.node(id).transferLeadership(to)) scenario.print("refused");
  },

  /** configure ID VOTER...: a configuration entry is found at the end of the log by a member that is down. */
  configure({ cluster }, [id = "", ...voters]) {
    const { disk } = cluster.member(id);
    const { entries, hardState } = disk.restored();
    const term = hardState.currentTerm;
    const index = (entries.at(-1)?.index ?? 0) + 1;
    const entry = { kind: "configuration", index, term, configuration: configurationOf(voters) } as const;
    disk.write({ hardState: null, snapshot: null, entries: [entry], messages: [] });
  },

  status(scenario) {
    for (const member of scenario.cluster.members) scenario.print(describeMember(member));
  },

  disk(scenario, [id = ""]) {
    const { hardState, snapshot, entries } = scenario.cluster.member(id).disk.restored();
    scenario.print(
      `term ${hardState.currentTerm} vote ${hardState.votedFor ?? "-"} commit ${hardState.commitIndex}`,
    );
    scenario.print(`snapshot ${snapshot.lastIncludedIndex}@${snapshot.lastIncludedTerm}`);
    scenario.print(`entries [${describeEntries(entries)}]`);
  },

  progress(scenario, [id = ""]) {
    for (const peer of scenario.cluster.node(id).progress()) {
      const active = peer.isRecentlyActive ? "" : ", silent";
      scenario.print(`${peer.id} ${peer.state}, match ${peer.matchIndex}, next ${peer.nextIndex}${active}`);
    }
  },
};

function printStep(scenario: Scenario, step: SettleStep): void {
  if (step.kind === "ready") {
    // Messages are printed when they arrive.
    const lines = describeReady({ ...step.ready, messages: [] }).filter((line) => !line.includes("send "));
    for (const line of lines) scenario.print(`${step.id}: ${line}`);
    return;
  }
  scenario.print(`${describeMessage(step.message)}${step.kind === "lost" ? " (lost)" : ""}`);
}

function describeMember({ id, running }: Member): string {
  if (running === null) return `${id} down`;
  const { role, currentTerm, firstIndex, lastIndex, commitIndex, lastApplied, durableIndex, configuration } =
    running.node;
  const voters = configuration.voters.map((voter) => voter.id).join(" ");
  const log = `log [${firstIndex}, ${lastIndex}], durable ${durableIndex}`;
  return `${id} ${role}, term ${currentTerm}, ${log}, commit ${commitIndex}, applied ${lastApplied}, voters ${voters}`;
}

/** The words of the form KEY=NUMBER. */
function options(words: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    words.flatMap((word) => {
      const [key = "", value] = word.split("=");
      return value === undefined ? [] : [[key, Number(value)] as const];
    }),
  );
}
