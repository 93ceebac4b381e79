/** All scenarios of the Raft suite. */
import type { Scenario } from "../scenario.js";
import { AGREEMENT } from "./agreement.js";
import { CHURN } from "./churn.js";
import { ELECTIONS } from "./elections.js";
import { FAILURES } from "./failures.js";
import { PERSISTENCE } from "./persistence.js";
import { SNAPSHOTS } from "./snapshots.js";
import { UNRELIABLE_NETWORK } from "./unreliable.js";

export const RAFT_SCENARIOS: readonly Scenario[] = [
  ...ELECTIONS,
  ...AGREEMENT,
  ...FAILURES,
  ...PERSISTENCE,
  ...UNRELIABLE_NETWORK,
  ...CHURN,
  ...SNAPSHOTS,
];
