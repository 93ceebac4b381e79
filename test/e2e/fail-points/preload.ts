/**
 * Loaded into a daemon before its own modules (`node --import`): makes it die, as by `kill -9`, at the fail point that it is
 * ordered to: `NAME PASS`, the PASS-th time it comes by from then on. A fail point that does not exist, or whose method does
 * not, ends it with an error.
 */
import { writeSync } from "node:fs";
import { SECTOR_BYTES } from "../../../src/storage/log-record.js";
import { onOrder } from "../orders.js";
import { ALL_POINTS, type FailPoint } from "./points.js";

type Method = (...args: unknown[]) => unknown;

function arm(order: string): void {
  const [name, pass] = order.split(" ");
  const point = ALL_POINTS.find((candidate) => candidate.name === name);
  if (point === undefined) throw new Error(`there is no fail point ${name}`);
  const method: unknown = Reflect.get(point.target, point.method);
  if (typeof method !== "function") throw new Error(`fail point ${name}: no method ${point.method}`);
  const original = method as Method;
  let passes = Number(pass);
  Reflect.set(point.target, point.method, function (this: object, ...args: unknown[]): unknown {
    if (!point.counts(this, args) || --passes !== 0) return original.apply(this, args);
    return dieAt(point, (given) => original.apply(this, given), args);
  });
}

/** `call` is the call that the product makes, with the arguments that it is given. */
function dieAt(point: FailPoint, call: (given: unknown[]) => unknown, args: unknown[]): unknown {
  const die = (): never => end(point.name);
  const callback = args.at(-1);
  switch (point.moment) {
    case "before":
      return die();
    case "half": {
      const [bytes, ...rest] = args;
      const length = bytes instanceof Uint8Array ? bytes.length : 0;
      const half = length / 2 - ((length / 2) % SECTOR_BYTES);
      return call([(bytes as Uint8Array).subarray(0, half), ...rest.slice(0, -1), die]);
    }
    case "done": {
      if (typeof callback === "function") return call([...args.slice(0, -1), die]);
      const result = call(args);
      return result instanceof Promise ? result.then(die) : die();
    }
    case "told": {
      const tell = (...news: unknown[]): void => {
        (callback as Method)(...news);
        // What is to leave with this turn leaves before this runs.
        process.nextTick(die);
      };
      return call([...args.slice(0, -1), tell]);
    }
    default: {
      const moment: never = point.moment;
      throw new Error(`fail point ${point.name}: ${String(moment)} is no moment`);
    }
  }
}

function end(name: string): never {
  writeSync(process.stderr.fd, `fail point ${name}\n`);
  process.kill(process.pid, "SIGKILL");
  throw new Error("dead");
}

onOrder(arm);
