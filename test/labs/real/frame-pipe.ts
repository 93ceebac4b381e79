/**
 * One direction of a proxied connection: cuts the stream into frames and passes each one on whole, late, or not at
 * all, so that the receiver always sees well-formed frames in order. Decides nothing about when conditions change.
 */
import type { Socket } from "node:net";
import { WireError } from "../../../src/wire/errors.js";
import { FRAME_HEADER_BYTES, FrameParser } from "../../../src/wire/frame.js";
import { PEER_FRAME_BYTES_MAX } from "../../../src/wire/limits.js";
import type { Dice } from "../../sim/dice.js";
import type { Conditions } from "./conditions.js";

export interface FramePipeOptions {
  readonly from: Socket;
  readonly to: Socket;
  readonly dice: Dice;
  /** Those that hold now. */
  conditions(): Conditions;
  /** The connection is to break: a frame was lost with it, or what came is no frame. */
  onBroken(): void;
}

interface Late {
  readonly bytes: Uint8Array;
  readonly dueMs: number;
}

/** The source is not read from while so much waits to become due. */
const LATE_BYTES_MAX = 2 ** 20;

export class FramePipe {
  readonly #options: FramePipeOptions;
  readonly #parser = new FrameParser(PEER_FRAME_BYTES_MAX);
  readonly #onFrame = (body: Uint8Array): void => this.#take(body);
  #greeting: "awaited" | "passed" | "swallowed" = "awaited";
  /** Frames of the chunk at hand that are passed on. */
  #frames: Uint8Array[] = [];
  #broken = false;
  /** In the order in which they leave. */
  #late: Late[] = [];
  #lateBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #sourceEnded = false;

  constructor(options: FramePipeOptions) {
    this.#options = options;
    const { from, to } = options;
    from.on("data", (chunk: Buffer) => this.#push(chunk));
    from.on("end", () => this.#onSourceEnd());
    from.on("close", () => this.#onSourceEnd());
    to.on("drain", () => this.#regulate());
    to.on("close", () => this.stop());
  }

  /** The conditions have changed. What was held back may go its way. */
  onChange(): void {
    // Without its greeting a connection means nothing: its two ends have to begin anew.
    if (this.#greeting === "swallowed") this.#break();
    this.#endIfDone();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#late = [];
    this.#broken = true;
    // The source's end must still be learned.
    this.#options.from.resume();
  }

  #push(chunk: Buffer): void {
    if (this.#broken) return;
    try {
      this.#parser.push(chunk, this.#onFrame);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#break();
    }
    const bytes = Buffer.concat(this.#frames);
    this.#frames = [];
    if (bytes.length > 0) this.#send(bytes);
    this.#regulate();
  }

  #take(body: Uint8Array): void {
    if (this.#broken) return;
    const { path, lossPercent, onLoss } = this.#options.conditions();
    const isGreeting = this.#greeting === "awaited";
    if (isGreeting) this.#greeting = path === "open" ? "passed" : "swallowed";
    if (path !== "open" || this.#greeting === "swallowed") return;
    if (!isGreeting && lossPercent > 0 && this.#options.dice.chance(lossPercent)) {
      if (onLoss === "reset") this.#break();
      return;
    }
    const header = Buffer.allocUnsafe(FRAME_HEADER_BYTES);
    header.writeUInt32BE(body.length);
    // The body is valid during this call only.
    this.#frames.push(header, Uint8Array.from(body));
  }

  /** What was passed on before still leaves, if it is not late. */
  #break(): void {
    this.#broken = true;
    setImmediate(() => this.#options.onBroken());
  }

  #send(bytes: Uint8Array): void {
    const { delayMsMax } = this.#options.conditions();
    if (delayMsMax === 0 && this.#late.length === 0) {
      this.#write(bytes);
      return;
    }
    const earliestMs = this.#late.at(-1)?.dueMs ?? 0;
    const dueMs = Math.max(earliestMs, performance.now() + this.#options.dice.between(0, delayMsMax));
    this.#late.push({ bytes, dueMs });
    this.#lateBytes += bytes.length;
    this.#arm();
  }

  #arm(): void {
    const first = this.#late[0];
    if (first === undefined || this.#timer !== null) return;
    const waitMs = Math.max(0, Math.ceil(first.dueMs - performance.now()));
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#release();
    }, waitMs);
  }

  #release(): void {
    const nowMs = performance.now();
    const due = this.#late.filter(({ dueMs }) => dueMs <= nowMs);
    this.#late = this.#late.slice(due.length);
    for (const { bytes } of due) {
      this.#lateBytes -= bytes.length;
      // On a path that was closed meanwhile, what was still on its way is gone.
      if (this.#options.conditions().path === "open") this.#write(bytes);
    }
    this.#arm();
    this.#regulate();
    this.#endIfDone();
  }

  #write(bytes: Uint8Array): void {
    const { to } = this.#options;
    if (to.writable) to.write(bytes);
  }

  #onSourceEnd(): void {
    this.#sourceEnded = true;
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (!this.#sourceEnded || this.#late.length > 0 || this.#options.conditions().path === "swallow") return;
    const { to } = this.#options;
    if (to.writable) to.end();
  }

  #regulate(): void {
    const { from, to } = this.#options;
    const wait = to.writableNeedDrain || this.#lateBytes > LATE_BYTES_MAX;
    if (wait && !from.isPaused()) from.pause();
    else if (!wait && from.isPaused()) from.resume();
  }
}
