/**
 * Clusters whose members can be made to die at fail points: how tests arm them and see them die, and what must hold
 * afterwards.
 */
import type { ExecutionContext } from "ava";
import { Cluster, type Daemon, type Life } from "../cluster.js";
import { orderedLife } from "../orders.js";
import { eventually, type Teardown } from "../processes.js";
import type { FailPoint } from "./points.js";

const PRELOAD = new URL("preload.js", import.meta.url).href;

/** Small enough that snapshots, new segments and deletions come several times a second. */
const FLAGS = ["--heartbeat", "40ms", "--election-timeout", "300ms", "--snapshot-log-bytes", "64KiB"];

export function prepareArmable(t: Teardown, flags: readonly string[] = []): Promise<Cluster> {
  return Cluster.prepare(t, { flags: [...FLAGS, ...flags], life: { preload: PRELOAD } });
}

export async function startArmable(t: Teardown, flags: readonly string[] = []): Promise<Cluster> {
  const cluster = await prepareArmable(t, flags);
  await Promise.all(cluster.members.map((member) => member.start()));
  return cluster;
}

/** From now on the member dies when it comes by for the `pass`th time. */
export function arm(member: Daemon, { name }: FailPoint, pass = 1): void {
  member.tell(`${name} ${pass}`);
}

/** A life that is armed from its first moment on. */
export function armedLife({ name }: FailPoint, pass = 1): Life {
  return orderedLife(PRELOAD, `${name} ${pass}`);
}

/** Fails where the member ends otherwise than at this point, or where it never comes by. */
export async function diesAt(t: ExecutionContext, member: Daemon, { name }: FailPoint): Promise<void> {
  await eventually(`${member.id} comes by ${name}`, async () => (member.running ? null : true));
  const { status, signal } = await member.ended();
  t.is(signal, "SIGKILL", `${member.id} ended with status ${status}:\n${lastLines(member)}`);
  t.true(lastLines(member).endsWith(`fail point ${name}\n`), lastLines(member));
}

/** One that comes by there, and not always the same one. */
export async function candidateFor(cluster: Cluster, { by }: FailPoint, turn: number): Promise<Daemon> {
  const leader = await cluster.leader();
  const candidates =
    by === "leader" ? [leader] : cluster.members.filter((member) => by === "any" || member !== leader);
  const chosen = candidates[turn % candidates.length];
  if (chosen === undefined) throw new Error("there are members");
  return chosen;
}

function lastLines(member: Daemon): string {
  return member.log.slice(-2000);
}
