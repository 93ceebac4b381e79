/**
 * Draws histories as a test of a cluster produces them: clients that call one operation after another, each of which
 * takes effect at an instant between call and answer, or, where no answer comes, some time later or
 * never. They are linearizable by their making, unless a fault is asked for.
 */
import { assert, unreachable } from "../../src/base/assert.js";
import { type Random, seededRandom } from "../../src/base/random.js";
import type { Operation } from "../../src/lin/operation.js";

export interface Workload {
  readonly seed: number;
  readonly clients: number;
  readonly keys: number;
  readonly seconds: number;
  /** How many of a hundred operations get no answer. */
  readonly unknownPercent: number;
  /** How likely each kind is, relative to the others. */
  readonly weights: {
    readonly get: number;
    readonly put: number;
    readonly append: number;
    readonly delete: number;
  };
  /** Of how many a written text is drawn; null: no two are equal. */
  readonly texts: number | null;
}

/**
 * What goes wrong once, on one key, after half of the time: a get sees what the key held some effects before; an
 * acknowledged append or put has no effect, or an append two.
 */
export type Fault = "stale read" | "lost write" | "double append";

/** An operation whose output is still to be found. */
interface Drawn {
  readonly client: number;
  readonly op: Operation["op"];
  readonly key: string;
  readonly value: string;
  readonly start: number;
  readonly end: number | null;
  /** When it takes effect; infinite: never. */
  readonly effect: number;
}

const SECOND_NS = 1_000_000_000;
const LATENCY_NS = 20_000_000;
const TIMEOUT_NS = 500_000_000;

/** In order of their calls. */
export function generateHistory(workload: Workload, fault: Fault | null = null): Operation[] {
  const drawn = draw(workload);
  const history = takeEffect(
    drawn,
    fault === null ? null : { fault, after: (workload.seconds * SECOND_NS) / 2 },
  );
  return history.sort((a, b) => a.start - b.start);
}

function draw(workload: Workload): Drawn[] {
  const { seed, clients, keys, seconds, unknownPercent, texts } = workload;
  const random = seededRandom(seed);
  const drawn: Drawn[] = [];
  for (let client = 1; client <= clients; client++) {
    let now = random.below(LATENCY_NS);
    for (let count = 0; now < seconds * SECOND_NS; count++) {
      const latency = 1 + random.below(2 * LATENCY_NS);
      const isUnknown = random.below(100) < unknownPercent;
      const text = texts === null ? `(${client}.${count})` : `${random.below(texts)}`;
      drawn.push({
        client,
        op: drawOp(random, workload.weights),
        key: `k${random.below(keys)}`,
        value: text,
        start: now,
        end: isUnknown ? null : now + latency,
        effect: isUnknown ? drawLateEffect(random, now) : now + random.below(latency),
      });
      now += isUnknown ? TIMEOUT_NS : latency + 1;
    }
  }
  return drawn.sort((a, b) => a.effect - b.effect);
}

function drawOp(random: Random, weights: Workload["weights"]): Operation["op"] {
  const ops = ["get", "put", "append", "delete"] as const;
  let left = random.below(ops.reduce((sum, op) => sum + weights[op], 0));
  for (const op of ops) {
    left -= weights[op];
    if (left < 0) return op;
  }
  throw new RangeError("the weights are whole numbers, and not all are zero");
}

function drawLateEffect(random: Random, start: number): number {
  return random.below(2) === 0 ? Number.POSITIVE_INFINITY : start + random.below(2 * TIMEOUT_NS);
}

/** How many effects ago a stale read saw its key. */
const STALE_EFFECTS = 30;

function takeEffect(drawn: readonly Drawn[], wrong: { fault: Fault; after: number } | null): Operation[] {
  /** By key, what it held after each effect. */
  const values = new Map<string, (string | null)[]>();
  let open = wrong;
  const history = drawn.map((operation) => {
    const { key, effect } = operation;
    const past = values.get(key) ?? [null];
    values.set(key, past);
    const before = past.at(-1) ?? null;
    const fault = open !== null && effect > open.after && suits(open.fault, operation) ? open.fault : null;
    if (fault !== null) open = null;
    if (effect !== Number.POSITIVE_INFINITY && fault !== "lost write") past.push(after(operation, before));
    if (fault === "double append") past.push(after(operation, after(operation, before)));
    return asOperation(operation, fault === "stale read" ? (past.at(-1 - STALE_EFFECTS) ?? null) : before);
  });
  assert(open === null, "there is an operation that the fault suits");
  return history;
}

function suits(fault: Fault, { op, end }: Drawn): boolean {
  if (end === null) return false;
  if (fault === "stale read") return op === "get";
  return op === "append" || (fault === "lost write" && op === "put");
}

function after({ op, value }: Drawn, before: string | null): string | null {
  switch (op) {
    case "get":
      return before;
    case "put":
      return value;
    case "append":
      return (before ?? "") + value;
    case "delete":
      return null;
    default:
      return unreachable(op);
  }
}

function asOperation({ client, op, key, value, start, end }: Drawn, before: string | null): Operation {
  const observed = { client, key, start, end };
  switch (op) {
    case "get":
      return { ...observed, op, output: end === null ? null : before };
    case "put":
    case "append":
      return { ...observed, op, value };
    case "delete":
      return { ...observed, op, output: end === null ? null : before === null ? "absent" : "deleted" };
    default:
      return unreachable(op);
  }
}
