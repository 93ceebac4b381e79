import { RAFT_SCENARIOS } from "./raft/scenarios.js";
import { testEach } from "./test-each.js";

testEach(RAFT_SCENARIOS);
