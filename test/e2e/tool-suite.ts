import { Cluster, type ClusterOptions } from "./cluster.js";
import { type Finished, kvraft, type RunOptions } from "./processes.js";
import { Suite } from "./suite.js";

/** A suite whose one cluster the tool is pointed at. */
export class ToolSuite extends Suite {
  #endpoints: readonly string[] = [];

  /** Resolves when somebody leads. */
  async begin(options: ClusterOptions = {}): Promise<Cluster> {
    const cluster = await Cluster.start(this, options);
    this.#endpoints = cluster.endpoints;
    await cluster.leader();
    return cluster;
  }

  get endpoints(): readonly string[] {
    return this.#endpoints;
  }

  /** Runs `kvraft` to its end. */
  run(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    const environment = { KVRAFT_ENDPOINTS: this.#endpoints.join(","), ...options.environment };
    return kvraft(args, { ...options, environment });
  }
}
