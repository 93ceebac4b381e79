/** What `kvraft get` costs from the shell: the whole process, against the shortest life that Node can have. */
import { spawnSync } from "node:child_process";
import { Clerk } from "../../../src/clerk/clerk.js";
import { KVRAFT, plainEnvironment } from "../../e2e/processes.js";
import type { Bench } from "../bench.js";
import { spreadOf } from "../statistics.js";
import type { Finding } from "./finding.js";

const RUNS = 20;
const MARK_RATIO = 1.25;
const KEY = "key";

export async function measureStartUp(bench: Bench): Promise<readonly Finding[]> {
  if (!bench.systems.includes("kvraft")) return [];
  return bench.with("kvraft", async (cluster) => {
    const endpoints = cluster.members.map(({ client }) => client);
    const clerk = new Clerk({ endpoints });
    await clerk.put(KEY, "value");
    await clerk.close();
    const get: number[] = [];
    const bare: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      bare.push(wholeMs(["-e", "0"]));
      get.push(wholeMs([KVRAFT, "-e", endpoints.join(","), "get", KEY]));
    }
    bench.record({ kind: "start-up", getMs: get, nodeMs: bare });
    const ratio = (spreadOf(get)?.median ?? 0) / (spreadOf(bare)?.median ?? 1);
    bench.progress(`start-up: ${ratio.toFixed(2)} times node -e 0`);
    return [
      { name: "start-up: node -e 0", unit: "ms", values: { kvraft: bare }, mark: null },
      { name: "start-up: kvraft get", unit: "ms", values: { kvraft: get }, mark: null },
      {
        name: "  times node -e 0, of the medians",
        unit: "",
        values: { kvraft: [ratio] },
        mark: { atMost: MARK_RATIO, of: "median" },
      },
    ];
  });
}

function wholeMs(args: readonly string[]): number {
  const startedMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { env: plainEnvironment(), encoding: "utf8" });
  const ms = performance.now() - startedMs;
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`);
  return ms;
}
