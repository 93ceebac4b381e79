/** One run of the benchmark: keys made, clients connected, load, report, keys removed; each whatever became of the one before. */
import { randomBytes } from "node:crypto";
import { seededRandom } from "../../base/random.js";
import { Clerk } from "../../clerk/clerk.js";
import { escapeBytes } from "../format.js";
import type { Invocation } from "../invocation.js";
import { ProgressLine, progressBar } from "../progress-line.js";
import type { Settings } from "../settings.js";
import { type Clock, Load } from "./load.js";
import { Measurements, type OperationKind } from "./measurements.js";
import type { Plan } from "./plan.js";
import { type Report, reportJson, reportText } from "./report.js";
import { ScratchKeys } from "./scratch.js";
import { Victim } from "./victim.js";

const PROGRESS_MS = 200;

const systemClock: Clock = {
  nowMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener("abort", done);
    }),
};

export class Bench {
  readonly #plan: Plan;
  readonly #invocation: Invocation;
  readonly #settings: Settings;
  readonly #scratch: ScratchKeys;
  readonly #value: Uint8Array;
  readonly #victim: Victim | null;
  readonly #stop = new AbortController();

  /** @throws CliError: the process to be killed is not one that can be */
  constructor(plan: Plan, { invocation, settings }: { invocation: Invocation; settings: Settings }) {
    this.#plan = plan;
    this.#invocation = invocation;
    this.#settings = settings;
    this.#scratch = new ScratchKeys(plan.prefix);
    this.#value = randomBytes(plan.valueBytes);
    this.#victim = plan.leaderPid === null ? null : new Victim(plan.leaderPid);
  }

  get isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** What is under way gets its answers, nothing more is begun, and what was measured is told. */
  stop(): void {
    this.#stop.abort();
  }

  /** Null: it was stopped before anything was measured. */
  async run(control: Clerk): Promise<Report | null> {
    if (!this.#plan.force) await this.#scratch.refuseOthers(control);
    try {
      await this.#fill(control);
      if (this.isStopped) return null;
      const report = await this.#measure(control);
      await this.#print(report);
      return report;
    } finally {
      if (!this.#plan.keep) await this.#clean(control);
    }
  }

  async #fill(control: Clerk): Promise<void> {
    const { getPercent, keys: count } = this.#plan;
    if (getPercent === 0) return;
    const line = new ProgressLine(process.stderr);
    const onDone = (done: number) => line.update(() => `filling ${progressBar(done / count)}`);
    try {
      await this.#scratch.fill(control, { count, value: this.#value, signal: this.#stop.signal, onDone });
    } finally {
      line.end();
    }
  }

  async #measure(control: Clerk): Promise<Report> {
    const clerks = Array.from({ length: this.#plan.clients }, () => new Clerk(this.#clerkOptions(control)));
    try {
      // Connections and sessions are not what is measured.
      await Promise.all(clerks.map((clerk, at) => this.#perform(clerk, at % this.#plan.keys)));
      return await this.#load(clerks);
    } finally {
      await Promise.all(clerks.map((clerk) => clerk.close()));
    }
  }

  async #load(clerks: readonly Clerk[]): Promise<Report> {
    const [first] = clerks;
    const leader = () => first?.leaderId ?? null;
    const before = leader();
    const random = seededRandom(randomBytes(4).readUInt32BE());
    const measurements = new Measurements(systemClock.nowMs());
    const load = new Load({
      plan: this.#plan,
      clock: systemClock,
      measurements,
      perform: (client) =>
        this.#perform(clerks[client] as Clerk, random.below(this.#plan.keys), random.below(100)),
      onMiddle: () => {
        if (this.#victim === null) return;
        this.#victim.kill();
        measurements.killed(systemClock.nowMs());
      },
      signal: this.#stop.signal,
    });
    const line = new ProgressLine(process.stderr);
    const timer = setInterval(() => {
      const perSecond = (seconds: number) => (measurements.operations / seconds).toFixed(0);
      line.update((seconds) => `${progressBar(load.progress)} ${perSecond(seconds)} a second`);
    }, PROGRESS_MS);
    try {
      await load.run();
    } finally {
      clearInterval(timer);
      line.end();
    }
    const measured = measurements.end(systemClock.nowMs());
    const leaders = { before, after: leader() };
    return { plan: this.#plan, measured, unsent: load.unsent, interrupted: this.isStopped, leaders };
  }

  /** `draw`: below 100. */
  async #perform(clerk: Clerk, number: number, draw = 0): Promise<OperationKind> {
    const key = this.#scratch.key(number);
    const { workload, getPercent } = this.#plan;
    if (draw < getPercent) {
      await clerk.get(key);
      return "get";
    }
    const kind = workload === "append" ? "append" : "put";
    await clerk[kind](key, this.#value);
    return kind;
  }

  async #print(report: Report): Promise<void> {
    const { output, environment } = this.#invocation;
    const isJson = this.#settings.output === "json";
    await output.write(isJson ? reportJson(report) : reportText(report, environment));
  }

  async #clean(control: Clerk): Promise<void> {
    const line = new ProgressLine(process.stderr);
    try {
      await this.#scratch.remove(control, (part) => line.update(() => `removing ${progressBar(part)}`));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const prefix = escapeBytes(this.#plan.prefix);
      this.#invocation.note(`keys under "${prefix}" remain: ${why}\nkvraft: Try: --force the next time`);
    } finally {
      line.end();
    }
  }

  /** Whoever leads is asked first. */
  #clerkOptions({ leader }: Clerk): { readonly endpoints: readonly string[]; readonly timeoutMs: number } {
    const { endpoints, timeoutMs } = this.#settings;
    const others = endpoints.filter((endpoint) => endpoint !== leader);
    return { endpoints: leader === null ? endpoints : [leader, ...others], timeoutMs };
  }
}
