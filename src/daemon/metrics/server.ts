/**
 * The metrics port: what Prometheus scrapes, and what probes ask. Loaded only where there is such a port, since Node's HTTP and prom-client
 * cost start-up time and memory. Whoever calls binds it.
 */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { Host } from "../../server/ports.js";
import { Exposition } from "./exposition.js";
import type { Reading } from "./family.js";

export interface MetricsServerOptions {
  readonly read: () => Reading;
  readonly log: Host["log"];
  /** Of a whole request, and of silence on a connection. Default 5 s. */
  readonly timeoutMs?: number;
}

interface Answer {
  readonly status: number;
  readonly contentType?: string;
  readonly body: string;
}

type Page = () => Answer | Promise<Answer>;

/** A few scrapers and probes; whoever is slow is gone after the timeout. */
const CONNECTIONS_MAX = 32;
const METHODS = ["GET", "HEAD"];

export function metricsServer({ read, log, timeoutMs = 5000 }: MetricsServerOptions): Server {
  const exposition = new Exposition(read);
  const pages = new Map<string, Page>([
    [
      "/metrics",
      async () => ({ status: 200, contentType: exposition.contentType, body: await exposition.text() }),
    ],
    ["/livez", () => ({ status: 200, body: "ok\n" })],
    [
      "/readyz",
      () =>
        read().stats.status.leader === ""
          ? { status: 503, body: "no leader is known\n" }
          : { status: 200, body: "ok\n" },
    ],
  ]);
  const server = createServer(
    {
      headersTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      connectionsCheckingInterval: timeoutMs / 5,
      maxHeaderSize: 8 * 1024,
    },
    ({ method = "", url = "" }, response) => {
      const page = pages.get(url.split("?", 1)[0] ?? "");
      if (page === undefined)
        send(response, { status: 404, body: `there are ${[...pages.keys()].join(", ")}\n` });
      else if (!METHODS.includes(method)) {
        response.setHeader("allow", METHODS.join(", "));
        send(response, { status: 405, body: `${METHODS.join(" and ")} are allowed\n` });
      } else void answer(response, page, log);
    },
  );
  server.timeout = timeoutMs;
  server.maxConnections = CONNECTIONS_MAX;
  return server;
}

/** A fault here is no reason to end the member. */
async function answer(response: ServerResponse, page: Page, log: Host["log"]): Promise<void> {
  try {
    send(response, await page());
  } catch (error) {
    log("error", "metrics request failed", { err: error });
    send(response, { status: 500, body: "this is a bug in kvraft; its log says more\n" });
  }
}

function send(response: ServerResponse, { status, contentType, body }: Answer): void {
  response.writeHead(status, {
    "content-type": contentType ?? "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
  });
  // A HEAD's body is left out by the response itself.
  response.end(body);
}
