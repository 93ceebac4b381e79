/** A Clerk, and servers that answer it with anything at all: what comes of that, and that every call has an end. */
import { ClerkCore } from "../../src/clerk/clerk-core.js";
import { ClerkError } from "../../src/clerk/clerk-error.js";
import type { Connection, ConnectionHandlers } from "../../src/clerk/ports.js";
import { encodeClientReply } from "../../src/wire/client-codec.js";
import { VirtualTime } from "../clerk/virtual-time.js";
import { drawReply, serverHello } from "./clerk-answers.js";
import { HELLOS, REPLIES } from "./corpus.js";
import type { Draw } from "./draw.js";
import { joined, mutated } from "./mutate.js";
import { decodeScript, drawSteps, encodeScript, type Step } from "./script.js";
import { hold, type Target } from "./target.js";

const KINDS = { data: 0, time: 1, write: 2, get: 3, scan: 4, status: 5, close: 6 } as const;
const KIND_COUNT = 7;
const TIMEOUT_MS = 1000;

export const clerkTarget: Target = {
  name: "clerk",
  share: 10,
  make: (draw) => {
    const steps = drawSteps(draw, 20, () => (draw.once(3) ? callStep(draw) : serverStep(draw)));
    const hello: Step = { kind: KINDS.data, data: joined(Uint8Array.of(0), serverHello("n1")) };
    return encodeScript(draw.below(2), [callStep(draw), ...(draw.once(8) ? [] : [hello]), ...steps]);
  },
  judge: play,
};

function callStep(draw: Draw): Step {
  const kind = draw.pick([KINDS.write, KINDS.write, KINDS.get, KINDS.scan, KINDS.status]);
  return { kind, data: Uint8Array.of(draw.below(256)) };
}

function serverStep(draw: Draw): Step {
  if (draw.once(5)) return { kind: KINDS.time, data: Uint8Array.of(draw.pick([0, 1, 5, 30])) };
  if (draw.once(12)) return { kind: KINDS.close, data: Uint8Array.of(draw.below(4)) };
  return {
    kind: KINDS.data,
    data: joined(Uint8Array.of(draw.once(3) ? draw.below(4) : 0), serverBytes(draw)),
  };
}

function serverBytes(draw: Draw): Uint8Array {
  switch (draw.below(12)) {
    case 0:
      return mutated(draw.pick(REPLIES), draw);
    case 1:
      return draw.pick(HELLOS);
    case 2:
      return mutated(serverHello("n1"), draw);
    case 3:
      return serverHello(draw.pick(["n1", "n2"]));
    case 4:
      return mutated(encodeClientReply(drawReply(draw)), draw);
    default:
      return encodeClientReply(drawReply(draw));
  }
}

function play(input: Uint8Array): void {
  const { start, steps } = decodeScript(input);
  const time = new VirtualTime();
  const servers = new Servers(time);
  const endpoints = start % 2 === 0 ? ["n1:1"] : ["n1:1", "n2:1"];
  const entropy = (length: number): Uint8Array => new Uint8Array(length).fill(7);
  const clerk = new ClerkCore({ endpoints, timeoutMs: TIMEOUT_MS, dialer: servers, timers: time, entropy });
  let unanswered = 0;
  const once = (): (() => void) => {
    let answers = 0;
    unanswered++;
    return () => {
      unanswered--;
      answers++;
      hold(answers === 1, () => "a call is answered twice");
    };
  };
  for (const { kind, data } of steps) {
    const [first = 0] = data;
    switch (kind % KIND_COUNT) {
      case KINDS.data:
        servers.receive(first, data.subarray(1));
        break;
      case KINDS.time:
        time.advance(10 * first);
        break;
      case KINDS.write:
        clerk.write({ kind: "put", key: `k${first}`, value: "v".repeat(first) }, once());
        break;
      case KINDS.get:
        clerk.get(first === 0 ? "" : "k", once());
        break;
      case KINDS.scan:
        clerk.scan({ from: "", to: "", prefix: "", limit: first, keysOnly: false }, once());
        break;
      case KINDS.status:
        clerk.status(once());
        break;
      default:
        servers.close(first);
    }
    time.advance(1);
  }
  time.advance(2 * TIMEOUT_MS);
  hold(unanswered === 0, () => `${unanswered} calls were never answered`);
  clerk.close();
  clerk.get("k", (outcome) => hold(outcome instanceof ClerkError, () => "a closed Clerk serves"));
  time.advance(TIMEOUT_MS);
  hold(time.idle, () => "a closed Clerk still waits for something");
}

/** The other ends of the connections that the Clerk opens, in their order; whoever is dialled, is there. */
class Servers {
  readonly #time: VirtualTime;
  readonly #open: { readonly handlers: ConnectionHandlers; closed: boolean }[] = [];

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  dial(_address: string, handlers: ConnectionHandlers): Connection {
    const end = { handlers, closed: false };
    this.#open.push(end);
    hold(this.#open.length < 2000, () => "the Clerk dials without end");
    return {
      send: () => {},
      close: () => {
        end.closed = true;
      },
    };
  }

  /** Bytes on one of the newest connections. */
  receive(which: number, bytes: Uint8Array): void {
    const end = this.#pick(which);
    // In an event of its own, as from a socket.
    if (end !== undefined) this.#time.after(0, () => !end.closed && end.handlers.onData(bytes));
  }

  close(which: number): void {
    const end = this.#pick(which);
    if (end === undefined || end.closed) return;
    this.#time.after(0, () => {
      if (end.closed) return;
      end.closed = true;
      end.handlers.onClose("went away");
    });
  }

  #pick(which: number): { readonly handlers: ConnectionHandlers; closed: boolean } | undefined {
    const open = this.#open.filter(({ closed }) => !closed);
    return open[which % Math.max(1, open.length)];
  }
}
