/** The metrics of a member and of its process in Prometheus' text format. Alone in touching prom-client. */
import { collectDefaultMetrics, type Metric, Registry } from "prom-client";
import { FAMILIES } from "./families.js";
import type { Family, Reading } from "./family.js";

export class Exposition {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  readonly #registry = new Registry();
  readonly #read: () => Reading;
  #reading: Reading;

  /** `read` is called once for each {@link text}. */
  constructor(read: () => Reading) {
    this.#read = read;
    this.#reading = read();
    for (const family of FAMILIES) this.#registry.registerMetric(this.#metric(family));
    // From here on the process also watches its event loop and its garbage collector.
    collectDefaultMetrics({ register: this.#registry });
  }

  /** All values are of one moment. */
  text(): Promise<string> {
    this.#reading = this.#read();
    return this.#registry.metrics();
  }

  #metric({ name, help, type, read }: Family): Metric {
    const get = async () => ({ name, help, type, values: read(this.#reading) });
    // A registry wants no more of a metric than this. Its types ask for prom-client's own classes, which count by themselves.
    return { name, help, type, get } as unknown as Metric;
  }
}
