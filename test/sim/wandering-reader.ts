/**
 * A client that asks any member, leader or not, for a value: Clerks only ever ask the leader, and followers
 * serve reads as well. What it is answered is judged where it leaves the member.
 */
import { assert } from "../../src/base/assert.js";
import type { Connection, Dialer } from "../../src/clerk/ports.js";
import { encodeClientRequest } from "../../src/wire/client-codec.js";
import { clientHello, encodeHello } from "../../src/wire/hello.js";
import type { Dice } from "./dice.js";
import { clientAddress } from "./peer-port.js";
import type { Plan } from "./plan.js";
import type { World } from "./world.js";

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
    connection.send(encodeClientRequest({ kind: "get", requestId: ++asked, key: dice.pick(plan.keys) }));
    if (dice.chance(10)) {
      connection.close();
      connection = null;
    }
    loop.after(dice.skewed(100, plan.readUsMax), ask);
  };
  ask();
}

const HELLO = encodeHello(clientHello());
