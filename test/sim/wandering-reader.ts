/**
 * A client that asks any member, leader or not, for a value, linearizable or stale, however that member fares: Clerks leave those
 * alone that fail them. What it is answered is judged where it leaves the member.
 */
import { assert } from "../../src/base/assert.js";
import type { Connection, Dialer } from "../../src/clerk/ports.js";
import { encodeClientRequest } from "../../src/wire/client-codec.js";
import { clientHello, encodeHello } from "../../src/wire/hello.js";
import type { Dice } from "./dice.js";
import { clientAddress } from "./peer-port.js";
import type { Plan } from "./plan.js";
import type { World } from "./world.js";

const CONSISTENCIES = ["linearizable", "linearizable", "stale"] as const;

/** Asks now and then, for as long as `goesOn`. Each connection is for a few questions. */
export function wander(
  { loop }: World,
  options: {
    readonly dialer: Dialer;
    readonly dice: Dice;
    readonly plan: Plan;
    readonly goesOn: () => boolean;
  },
): void {
  const { dialer, dice, plan, goesOn } = options;
  let connection: Connection | null = null;
  let asked = 0;
  const dial = (): Connection => {
    asked = 0;
    const dialled = dialer.dial(clientAddress(dice.pick(plan.ids)), {
      onData: (chunk) => assert(chunk.length > 0, "what arrives has a length"),
      onClose: () => {
        if (connection === dialled) connection = null;
      },
    });
    dialled.send(HELLO);
    return dialled;
  };
  const ask = (): void => {
    if (!goesOn()) {
      connection?.close();
      return;
    }
    connection ??= dial();
    const read = {
      requestId: ++asked,
      consistency: dice.pick(CONSISTENCIES),
    } as const;
    connection.send(
      encodeClientRequest(
        dice.chance(90)
          ? { kind: "get", key: dice.pick(plan.keys), ...read }
          : { kind: "scan", from: "", to: "", prefix: "", limit: 0, keysOnly: false, ...read },
      ),
    );
    if (dice.chance(10)) {
      connection.close();
      connection = null;
    }
    loop.after(dice.skewed(100, plan.readUsMax), ask);
  };
  ask();
}

const HELLO = encodeHello(clientHello());
