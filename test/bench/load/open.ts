/** The thin connection of each system. */
import type { ConnectionOptions, LoadConnection } from "./connection.js";
import { EtcdConnection } from "./etcd-connection.js";
import type { LoadJob } from "./job.js";
import { KvraftConnection } from "./kvraft-connection.js";

export function openConnection(
  system: LoadJob["system"],
  options: ConnectionOptions,
): Promise<LoadConnection> {
  return system === "kvraft" ? KvraftConnection.open(options) : EtcdConnection.open(options);
}
