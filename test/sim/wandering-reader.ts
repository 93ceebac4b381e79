/**
 * A client that asks any member, leader or not, for values and what is kept of keys, linearizable or stale, however that member fares: Clerks leave those
 * alone that fail them. What it is answered is judged where it leaves the member.
 */
import { assert } from "../../src/base/assert.js";
import type { Connection, Dialer } from "../../src/clerk/ports.js";
import { encodeClientRequest } from "../../src/wire/client-codec.js";
import type { ClientRequest } from "../../src/wire/client-message.js";
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
    connection.send(encodeClientRequest(question(dice, plan.keys, ++asked)));
    if (dice.chance(10)) {
      connection.close();
      connection = null;
    }
    loop.after(dice.skewed(100, plan.readUsMax), ask);
  };
  ask();
}

function question(dice: Dice, keys: readonly string[], requestId: number): ClientRequest {
  const consistency = dice.pick(CONSISTENCIES);
  const key = dice.pick(keys);
  const drawn = dice.below(100);
  if (drawn < 85) return { kind: "get", requestId, key, consistency };
  if (drawn < 90) return { kind: "explain", requestId, key };
  return { kind: "scan", requestId, from: "", to: "", prefix: "", limit: 0, keysOnly: false, consistency };
}

const HELLO = encodeHello(clientHello());
