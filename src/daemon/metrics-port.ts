/** The metrics port, where one is asked for: brings it up and takes it down. Nothing of it is loaded otherwise. */
import type { Server } from "node:http";
import { type Address, formatAddress } from "../base/address.js";
import { closeServer, listen } from "../net/listen.js";
import type { MetricsServerOptions } from "./metrics/server.js";

export class MetricsPort {
  /** The bound address. */
  readonly address: string;
  readonly #server: Server;

  private constructor(server: Server, address: string) {
    this.#server = server;
    this.address = address;
  }

  /** @throws NetError */
  static async open(address: Address, options: MetricsServerOptions): Promise<MetricsPort> {
    // Stays outside of the bundle: see scripts/bundle.js.
    const { metricsServer } = await import("./metrics/server.js");
    const server = metricsServer(options);
    return new MetricsPort(server, await listen(server, formatAddress(address), "metrics"));
  }

  async close(): Promise<void> {
    const closed = closeServer(this.#server);
    this.#server.closeAllConnections();
    await closed;
  }
}
