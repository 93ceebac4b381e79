/** The metrics port, where one is asked for: brings it up and takes it down. Nothing of it is loaded otherwise. */
import type { BoundSocket } from "../net/bound-socket.js";
import { closeServer, listen } from "../net/listen.js";
import type { MetricsServerOptions } from "./metrics/server.js";

export interface MetricsPort {
  /** What is bound, `HOST:PORT`. */
  readonly address: string;
  /** Ends every connection, whatever it waits for. */
  close(): Promise<void>;
}

/** Null where there is no place to listen. @throws NetError */
export async function openMetricsPort(
  place: string | BoundSocket | null,
  options: MetricsServerOptions,
): Promise<MetricsPort | null> {
  if (place === null) return null;
  // Stays outside of the bundle: see scripts/bundle.js.
  const { metricsServer } = await import("./metrics/server.js");
  const server = metricsServer(options);
  const bound = await listen(server, place, "metrics");
  const close = async (): Promise<void> => {
    const closed = closeServer(server);
    server.closeAllConnections();
    await closed;
  };
  return { address: bound, close };
}
