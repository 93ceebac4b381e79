/** What the measurements need of a cluster, whichever system it is. */

export const SYSTEMS = ["kvraft", "etcd"] as const;
export type SystemName = (typeof SYSTEMS)[number];

export interface BenchMember {
  /** HOST:PORT. */
  readonly client: string;
  readonly dataDir: string;
  /** Of its present or last life. */
  readonly pid: number;
  /** Resolves when it has been started; {@link serving} says when it serves. */
  start(): Promise<unknown>;
  /** Resolves when the process is gone. */
  end(signal: NodeJS.Signals): Promise<unknown>;
  /** Resolves when it has answered a linearizable read through its own port. */
  serving(): Promise<void>;
}

export interface BenchCluster {
  readonly system: SystemName;
  readonly members: readonly BenchMember[];
  /** The member that leads, once there is one. */
  leader(): Promise<BenchMember>;
  stop(): Promise<void>;
}

export async function aFollower(cluster: BenchCluster): Promise<BenchMember> {
  const leader = await cluster.leader();
  const follower = cluster.members.find((member) => member !== leader);
  if (follower === undefined) throw new Error("a cluster of one has no followers");
  return follower;
}

export function pidsOf(cluster: BenchCluster): readonly number[] {
  return cluster.members.map(({ pid }) => pid);
}
