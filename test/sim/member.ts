/** One member through all its lives: its disk, its clocks, and what is wrong with them. */
import type { MemberId } from "../../src/raft/entry.js";
import type { MemberStatus } from "../../src/wire/client-message.js";
import { type Fate, type Operation, SimulatedDisk } from "../storage/simulated-disk.js";
import type { Served, ServerEnd } from "./client-network.js";
import { Dice, STREAM } from "./dice.js";
import type { PlannedFate } from "./disk-fate.js";
import { Life, type LifeEnd } from "./life.js";
import { rotSomewhere } from "./rot.js";
import type { World } from "./world.js";

const DISK_US_MIN = 20;
/** From the end of a healed member to its next life. */
const RESTART_US = 1000;
/** A process must end so soon after its disk has failed. */
const FAULT_US_MAX = 5_000_000;
/** Some day in 2023. */
const WALL_CLOCK_START_MS = 1_700_000_000_000;

export class Member {
  readonly id: MemberId;
  /** Length of its ticks, 1 for the true one. */
  drift = 1;
  wallOffsetMs = 0;
  /** How many times as long as usual its disk takes. */
  diskSlowness = 1;
  readonly #world: World;
  readonly #number: number;
  readonly #dice: Dice;
  /** It has ended by itself, or by what was planned for its disk. */
  readonly #onDown: (member: Member) => void;
  #disk: SimulatedDisk;
  #life: Life | null = null;
  #lives = 0;
  #planned: PlannedFate | null = null;
  /** A failure was injected into the disk of this life. */
  #failed = false;
  #rotten = false;
  #lost = false;
  #healed = false;

  constructor(world: World, number: number, onDown: (member: Member) => void) {
    this.#world = world;
    this.#number = number;
    this.id = world.plan.ids[number] ?? "";
    this.#dice = new Dice(world.plan.seed, STREAM.member + number);
    this.#onDown = onDown;
    const schedule = (run: () => void): void => {
      const delayUs = this.#dice.between(DISK_US_MIN, world.plan.diskUsMax) * this.diskSlowness;
      world.loop.after(delayUs, () => this.#life?.enter(run));
    };
    this.#disk = new SimulatedDisk({ random: this.#dice, schedule });
  }

  get status(): MemberStatus | null {
    return this.#life?.status ?? null;
  }

  get up(): boolean {
    return this.#life !== null;
  }

  get paused(): boolean {
    return this.#life?.paused ?? false;
  }

  /** Bits on its disk have turned: it may end for ever, whenever it finds out. */
  get rotten(): boolean {
    return this.#rotten;
  }

  /** It has found out. */
  get lost(): boolean {
    return this.#lost;
  }

  get openFiles(): number {
    return this.#life?.disk.openFiles ?? 0;
  }

  get files(): readonly string[] {
    return this.#disk.paths();
  }

  /** Requests of clients that have no answer yet. */
  get unanswered(): number {
    return [...(this.#life?.clients ?? [])].reduce((sum, client) => sum + client.unanswered, 0);
  }

  start(): void {
    if (this.#life !== null || this.#lost) return;
    if (this.#lives > 0) this.#disk = this.#disk.restart(this.#dice);
    this.#disk.fate = (operation) => this.#fateOf(operation);
    this.#failed = false;
    this.#lives++;
    this.#world.trace.event(this.id, ["start"], () => "starts");
    this.#life = new Life(this.#world, {
      id: this.id,
      disk: this.#disk,
      dice: new Dice(this.#world.plan.seed, STREAM.life + this.#number * 1000 + (this.#lives % 1000)),
      tickUs: () => this.#world.plan.tickMs * 1000 * this.drift,
      wallClockMs: () => Math.round(WALL_CLOCK_START_MS + this.#world.loop.nowUs / 1000 + this.wallOffsetMs),
      mayFail: (code) => (code === "io" ? this.#failed : this.#rotten),
      onOver: (how) => this.#over(how),
    });
    this.#life.boot();
  }

  /** The power goes out: of what was not synced, any part may be lost. */
  crash(): void {
    if (this.#life === null) return;
    this.#world.trace.event(this.id, ["crash"], () => "crashes");
    this.#world.counts.crashes++;
    this.#life.end();
    this.#life = null;
    this.#planned = null;
    this.#disk.crash();
  }

  pause(): void {
    this.#world.trace.event(this.id, ["pause"], () => "is paused");
    this.#life?.pause();
  }

  resume(): void {
    if (!this.paused) return;
    this.#world.trace.event(this.id, ["resume"], () => "goes on");
    this.#life?.resume();
  }

  stop(): void {
    this.#world.trace.event(this.id, ["stop"], () => "is told to stop");
    this.#life?.stop();
  }

  /** Something on its disk is no longer what was written there. */
  rot(): void {
    const file = rotSomewhere(this.#disk, this.#dice);
    if (file === null) return;
    this.#rotten = true;
    this.#world.counts.rotten++;
    this.#world.trace.event(this.id, ["rot", file], () => `${file} rots`);
  }

  planFate(fate: PlannedFate): void {
    this.#planned = fate;
  }

  /** From now on nothing is wrong with it. What it was about to die of, it may still die of, once. */
  heal(): void {
    this.#healed = true;
    this.drift = 1;
    this.diskSlowness = 1;
    this.#planned = null;
    this.resume();
    this.start();
  }

  receive(from: MemberId, frame: Uint8Array): void {
    this.#life?.receive(from, frame);
  }

  linkChanged(peer: MemberId, up: boolean): void {
    const change = up ? "up" : "down";
    this.#world.trace.event(this.id, ["link", peer, change], () => `link to ${peer} is ${change}`);
    this.#life?.linkChanged(peer, up);
  }

  accept(end: ServerEnd): Served | null {
    return this.#life?.accept(end) ?? null;
  }

  checkState(): void {
    this.#life?.checkState();
  }

  #fateOf(operation: Operation): Fate {
    if (this.#planned?.hasCome(operation) !== true) return "proceed";
    const { fate } = this.#planned;
    this.#planned = null;
    this.#world.trace.event(
      this.id,
      ["fate", fate, operation.kind],
      () => `${fate} at ${operation.kind} ${operation.path}`,
    );
    if (fate === "crash") {
      this.#world.counts.crashes++;
      this.#life?.end();
      this.#life = null;
      this.#onDown(this);
    } else {
      this.#failed = true;
      this.#world.counts.diskFaults++;
      this.#watch(this.#life, operation);
    }
    return fate;
  }

  /** PITFALLS 45: the process ends. */
  #watch(life: Life | null, operation: Operation): void {
    const inTime = FAULT_US_MAX * this.diskSlowness;
    this.#world.loop.after(inTime, () => {
      if (life === null || !life.alive) return;
      // A process that sleeps cannot end.
      if (life.paused) this.#watch(life, operation);
      else
        this.#world.loop.fail(
          new Error(`${this.id} goes on after ${operation.kind} of ${operation.path} failed`),
        );
    });
  }

  #over(how: LifeEnd): void {
    this.#world.trace.event(this.id, ["over", how], () => `ends: ${how}`);
    this.#life = null;
    this.#planned = null;
    this.#disk.crash();
    this.#lost = how === "corrupt";
    if (this.#lost) return;
    if (this.#healed) this.#world.loop.after(RESTART_US, () => this.start());
    else this.#onDown(this);
  }
}
