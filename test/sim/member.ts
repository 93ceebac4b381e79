/** One member through all its lives: its disk, its clocks, and what is wrong with them. */
import { unreachable } from "../../src/base/assert.js";
import type { MemberId } from "../../src/raft/entry.js";
import type { MemberStatus } from "../../src/wire/client-message.js";
import { type Fate, type Operation, type OperationKind, SimulatedDisk } from "../storage/simulated-disk.js";
import type { Served, ServerEnd } from "./client-network.js";
import { Dice, STREAM } from "./dice.js";
import { Life, type LifeEnd } from "./life.js";
import type { World } from "./world.js";

const DISK_US_MIN = 20;
/** From the end of a healed member to its next life. */
const RESTART_US = 1000;
/** A process must end so soon after its disk has failed. */
const FAULT_US_MAX = 5_000_000;
/** Operations of all kinds, those that change names, writes to the log that may be torn, or whatever follows a new snapshot. */
export type Aim = "all" | "names" | "long-writes" | "after-snapshot";

const CHANGES_NAMES: ReadonlySet<OperationKind> = new Set(["open", "rename", "unlink", "syncDirectory"]);
const SECTOR_BYTES = 512;
/** Some day in 2023. */
const WALL_CLOCK_START_MS = 1_700_000_000_000;

interface PlannedFate {
  readonly fate: Fate;
  readonly of: Aim;
  left: number;
  seesSnapshot: boolean;
}

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

  /** Turns a few bits of one of its files, wherever something is written. */
  rot(): void {
    const dice = this.#dice;
    const written = this.files.filter((file) => this.#disk.contents(file).some((byte) => byte !== 0));
    if (written.length === 0) return;
    const file = dice.pick(written);
    this.#rotten = true;
    // The last record of a log without one of its sectors looks torn (segment-scan.ts): so none of those where it may be.
    const segments = written.filter((each) => each.endsWith(".wal"));
    const isSealed = segments.slice(0, -2).includes(file);
    if (isSealed && dice.chance(50)) this.#disk.tamper(file, (bytes) => withoutSector(bytes, dice));
    else this.#disk.tamper(file, (bytes) => withBitsTurned(bytes, dice));
    this.#world.counts.rotten++;
    this.#world.trace.event(this.id, ["rot", file], () => `${file} rots`);
  }

  /** What becomes of the operation on its disk, among those of one kind, that so many others precede. */
  planFate(fate: Fate, { of, after }: { readonly of: Aim; readonly after: number }): void {
    this.#planned = { fate, of, left: after, seesSnapshot: false };
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

  accept(end: ServerEnd): Served | null {
    return this.#life?.accept(end) ?? null;
  }

  checkState(): void {
    this.#life?.checkState();
  }

  #fateOf(operation: Operation): Fate {
    const planned = this.#planned;
    if (planned === null) return "proceed";
    if (isNewSnapshot(operation)) planned.seesSnapshot = true;
    if (!isAimedAt(planned, operation) || planned.left-- > 0) return "proceed";
    this.#planned = null;
    const { fate } = planned;
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

function isNewSnapshot({ kind, path }: Operation): boolean {
  return kind === "rename" && path.endsWith(".snap");
}

function isAimedAt({ of, seesSnapshot }: PlannedFate, { kind, path, bytes }: Operation): boolean {
  switch (of) {
    case "all":
      return true;
    case "names":
      return CHANGES_NAMES.has(kind);
    case "long-writes":
      return path.endsWith(".wal") && bytes > SECTOR_BYTES;
    case "after-snapshot":
      return seesSnapshot;
    default:
      return unreachable(of);
  }
}

function withBitsTurned(bytes: Uint8Array, dice: Dice): Uint8Array {
  const turned = bytes.slice();
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  for (let bits = dice.between(1, 4); bits > 0; bits--) {
    const at = dice.below(end);
    turned[at] = (turned[at] ?? 0) ^ (1 << dice.below(8));
  }
  return turned;
}

/** One of those where something is written holds zeros instead. */
function withoutSector(bytes: Uint8Array, dice: Dice): Uint8Array {
  const sectors = Math.ceil((bytes.findLastIndex((byte) => byte !== 0) + 1) / SECTOR_BYTES);
  const at = dice.below(sectors) * SECTOR_BYTES;
  return bytes.slice().fill(0, at, at + SECTOR_BYTES);
}
