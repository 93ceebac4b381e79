/** Every mutant there is. */
import type { Mutant } from "../mutant.js";
import { CLIENTS } from "./clients.js";
import { DISK } from "./disk.js";
import { ELECTIONS } from "./elections.js";
import { LEADERSHIP } from "./leadership.js";
import { READS } from "./reads.js";
import { REPLICATION } from "./replication.js";
import { SNAPSHOTS } from "./snapshots.js";

export const MUTANTS: readonly Mutant[] = [
  ...ELECTIONS,
  ...LEADERSHIP,
  ...REPLICATION,
  ...READS,
  ...SNAPSHOTS,
  ...DISK,
  ...CLIENTS,
];
