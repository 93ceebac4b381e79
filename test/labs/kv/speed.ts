/** A thousand appends, one after the other: each has to be committed at once, not at the next heartbeat. */
import { assert } from "../../../src/base/assert.js";
import type { Scenario } from "../scenario.js";
import { appendText, checkAppends } from "./checks.js";
import { labScenario } from "./lab-scenario.js";

const APPENDS = 1000;
/** A third of the interval of heartbeats. */
const APPEND_MS_MAX = 33.3;

/** Of virtual time: what an append costs on real disks is for the benchmark to say. */
export function speedScenario(spec: { readonly suite: string; readonly maxraftstate?: number }): Scenario {
  const { suite, maxraftstate: snapshotLogBytes } = spec;
  const snapshots = snapshotLogBytes === undefined ? {} : { snapshotLogBytes };
  return labScenario({ suite, name: "Speed", servers: 3, ...snapshots }, async (lab) => {
    const client = lab.client();
    // Somebody leads before the clock runs.
    await client.get("x");
    const startMs = lab.nowMs;
    for (let number = 0; number < APPENDS; number++) await client.append("x", appendText(0, number));
    const meanMs = (lab.nowMs - startMs) / APPENDS;
    checkAppends(await client.get("x"), new Map([[0, APPENDS]]));
    assert(meanMs <= APPEND_MS_MAX, `an append takes ${meanMs} ms, and ${APPEND_MS_MAX} is the most`);
    client.close();
  });
}
