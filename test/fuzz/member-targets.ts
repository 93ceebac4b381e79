/** Both ports of a member, from the bytes of a connection to the replica behind it. */

import type { Command } from "../../src/kv/command.js";
import { GreetedFrames } from "../../src/net/greeted-frames.js";
import { refusalOfClient, refusalOfDialler } from "../../src/net/greeting.js";
import { decodeClientRequest, encodeClientRequest } from "../../src/wire/client-codec.js";
import type { ClientRequest } from "../../src/wire/client-message.js";
import { encodeCommand } from "../../src/wire/command-codec.js";
import { RequestError } from "../../src/wire/errors.js";
import { encodeHello, type Hello } from "../../src/wire/hello.js";
import { PEER_FRAME_BYTES_MAX } from "../../src/wire/limits.js";
import { decodePeerMessage, encodePeerMessage } from "../../src/wire/peer-codec.js";
import { HELLOS, PEER_MESSAGES, REQUESTS } from "./corpus.js";
import type { Draw } from "./draw.js";
import { CLIENT_ID, put, SESSION, STAGES } from "./member-stages.js";
import { CLUSTER_ID, type MemberWorld } from "./member-world.js";
import { mutated } from "./mutate.js";
import { drawMessage } from "./peer-messages.js";
import { decodeScript, drawSteps, encodeScript, type Step } from "./script.js";
import type { Target } from "./target.js";

const KINDS = { tick: 0, turn: 1, settle: 2, written: 3, n2: 4, n3: 5, client: 6 } as const;
const KIND_COUNT = 7;
const NO_DATA = new Uint8Array(0);
const CLIENT_FRAME_BYTES_MAX = 64 * 1024;
const SELF = { clusterId: CLUSTER_ID, memberId: "n1", version: "fuzz" };
const GREETING = { protocolVersion: 1, clusterId: CLUSTER_ID, clientAddress: "", version: "" };

/** Members say anything at all to one of them, while its clients go on. */
export const peerTarget: Target = {
  name: "peer",
  share: 20,
  make: (draw) => {
    const steps = drawSteps(draw, 12, () => (draw.once(8) ? clientStep(draw) : peerStep(draw)));
    return encodeScript(draw.below(STAGES.length), [
      greeting("n2"),
      greeting("n3"),
      ...withTime(draw, steps),
    ]);
  },
  judge: play,
};

/** Clients say anything at all. */
export const clientTarget: Target = {
  name: "client",
  share: 12,
  make: (draw) => {
    const steps = drawSteps(draw, 12, () => clientStep(draw));
    const start = draw.once(2) ? STAGES.length - 1 : draw.below(STAGES.length);
    const hello: Step = { kind: KINDS.client, data: encodeHello(CLIENT_HELLO) };
    return encodeScript(start, [...(draw.once(8) ? [] : [hello]), ...withTime(draw, steps)]);
  },
  judge: play,
};

const CLIENT_HELLO: Hello = { ...GREETING, role: "client", memberId: "", targetMemberId: "" };

function greeting(id: "n2" | "n3"): Step {
  const hello: Hello = { ...GREETING, role: "peer", memberId: id, targetMemberId: "n1" };
  return { kind: KINDS[id], data: encodeHello(hello) };
}

function peerStep(draw: Draw): Step {
  const id = draw.once(4) ? "n3" : "n2";
  return { kind: KINDS[id], data: peerBytes(draw, id) };
}

function peerBytes(draw: Draw, from: string): Uint8Array {
  switch (draw.below(24)) {
    case 0:
      return mutated(draw.pick(PEER_MESSAGES), draw);
    case 1:
      return mutated(draw.pick(HELLOS), draw);
    case 2:
      return mutated(encodePeerMessage(drawMessage(draw, from)), draw);
    case 3:
      return draw.pick(PEER_MESSAGES);
    default:
      return encodePeerMessage(drawMessage(draw, from)).slice();
  }
}

function clientStep(draw: Draw): Step {
  const bytes = encodeClientRequest(drawRequest(draw));
  return { kind: KINDS.client, data: draw.once(10) ? mutated(bytes, draw) : bytes };
}

function drawRequest(draw: Draw): ClientRequest {
  const requestId = Math.max(1, draw.integer(9));
  const key = draw.pick(["k1", "k2", "\0", "__proto__", "", "k".repeat(5000)]);
  const consistency = draw.pick(["linearizable", "stale", "unknown"] as const);
  switch (draw.below(6)) {
    case 0:
      return { kind: "status", requestId };
    case 1:
      return { kind: "get", requestId, key, consistency };
    case 2: {
      const [from, to, prefix] = [
        draw.pick(["", "k1", key]),
        draw.pick(["", "k2"]),
        draw.pick(["", "k", "\xff"]),
      ];
      return {
        kind: "scan",
        requestId,
        from,
        to,
        prefix,
        limit: draw.integer(3) % 2 ** 32,
        keysOnly: draw.once(2),
        consistency,
      };
    }
    case 3:
      return decodeClientRequest(draw.pick(REQUESTS).subarray(4));
    default:
      return commandRequest(draw, { requestId, key });
  }
}

function commandRequest(draw: Draw, { requestId, key }: { requestId: number; key: string }): ClientRequest {
  const sequence = Math.max(1, draw.integer(6));
  const session = {
    ...put(sequence, draw.once(3) ? draw.integer(20) : SESSION),
    acknowledgedBelow: draw.integer(6),
  };
  const value = draw.pick(["", "v", "w".repeat(3000), "x".repeat(5000)]);
  const command = draw.pick<Command>([
    session,
    { ...session, operation: { kind: draw.pick(["put", "append"]), key, value } },
    { ...session, operation: { kind: "delete", key } },
    { kind: "open", clientId: draw.pick([CLIENT_ID, "client-2", `client-${draw.below(10)}`]) },
    { kind: "close", clientId: CLIENT_ID, session: draw.once(2) ? SESSION : draw.integer(9) },
    { kind: "clock", timeMs: draw.integer(10) },
  ]);
  return { kind: "command", requestId, bytes: encodeCommand(command), command };
}

/** Between the steps time passes, turns end and writes become durable, or not. */
function withTime(draw: Draw, steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => {
    if (draw.once(3)) return [step];
    const kind = draw.pick([KINDS.settle, KINDS.settle, KINDS.turn, KINDS.written, KINDS.tick]);
    const time = { kind, data: NO_DATA };
    return draw.once(6) ? [step, time, { kind: KINDS.tick, data: NO_DATA }] : [step, time];
  });
}

async function play(input: Uint8Array): Promise<void> {
  const { start, steps } = decodeScript(input);
  const world = await (STAGES[start % STAGES.length] as (typeof STAGES)[0])();
  const connections = [peerConnection(world), peerConnection(world), clientConnection(world)];
  for (const { kind, data } of steps) {
    const chosen = kind % KIND_COUNT;
    if (chosen === KINDS.tick) world.replica.tick();
    else if (chosen === KINDS.turn) world.turn();
    else if (chosen === KINDS.settle) await world.settle();
    else if (chosen === KINDS.written) world.written();
    else connections[chosen - KINDS.n2]?.push(data);
  }
  await world.settle();
  await world.finish();
}

/** As net/peer-acceptor.ts has it. */
function peerConnection(world: MemberWorld): GreetedFrames {
  let from: string | null = null;
  const isMember = (id: string): boolean => world.replica.status().members.some((member) => member.id === id);
  const frames = new GreetedFrames({
    frameBytesMax: PEER_FRAME_BYTES_MAX,
    onHello: (hello) => {
      if (refusalOfDialler(hello, SELF, isMember) === null) from = hello.memberId;
      else frames.stop();
    },
    onFrame: (body) => {
      if (from !== null) world.replica.receive(decodePeerMessage(body, { from, to: "n1" }));
    },
  });
  return frames;
}

/** As net/client-connection.ts has it. */
function clientConnection(world: MemberWorld): GreetedFrames {
  const frames = new GreetedFrames({
    frameBytesMax: CLIENT_FRAME_BYTES_MAX,
    onHello: (hello) => {
      if (refusalOfClient(hello, SELF) !== null) frames.stop();
    },
    onFrame: (body) => {
      try {
        world.handle(decodeClientRequest(body));
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
      }
    },
  });
  return frames;
}
