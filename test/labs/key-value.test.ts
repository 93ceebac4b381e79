import { KV_SCENARIOS } from "./kv/scenarios.js";
import { testEach } from "./test-each.js";

testEach(KV_SCENARIOS.filter(({ suite }) => !suite.startsWith("TinyKV")));
