/** Every measurement of its own by its name. */
import type { Bench } from "../bench.js";
import { measureAppends } from "./appends.js";
import { measureFailover, measureHandover } from "./failover.js";
import type { Finding } from "./finding.js";
import { measureMemory } from "./memory.js";
import type { SpecialName } from "./names.js";
import { measurePauses } from "./pauses.js";
import { measureRestart } from "./restart.js";
import { measureSoak } from "./soak.js";
import { measureStartUp } from "./start-up.js";

export const SPECIALS: Readonly<Record<SpecialName, (bench: Bench) => Promise<readonly Finding[]>>> = {
  appends: measureAppends,
  failover: measureFailover,
  handover: measureHandover,
  memory: measureMemory,
  restart: measureRestart,
  "start-up": measureStartUp,
  pauses: measurePauses,
  soak: measureSoak,
};
