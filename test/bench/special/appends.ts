/**
 * How long a thousand appends of one Clerk take, each begun when the last was answered: the labs' test of speed. Right after its
 * members' start and, as the matrix does, when cluster and load generator have run for a while: until then V8 has compiled little.
 */
import { Clerk } from "../../../src/clerk/clerk.js";
import type { Bench } from "../bench.js";
import type { Finding } from "./finding.js";

const APPENDS = 1000;
const MARK_SECONDS = 0.6;

export async function measureAppends(bench: Bench): Promise<readonly Finding[]> {
  if (!bench.systems.includes("kvraft")) return [];
  const values = await bench.with("kvraft", async (cluster) => {
    const endpoints = cluster.members.map(({ client }) => client);
    const first = await appendsSeconds(endpoints, "appends-first");
    bench.progress(`appends, just started: ${first.toFixed(3)} s`);
    const warmMs = performance.now() + bench.options.warmSeconds * 1000;
    for (let at = 1; performance.now() < warmMs; at++) await appendsSeconds(endpoints, `appends-warm-${at}`);
    const seconds: number[] = [];
    for (let round = 1; round <= bench.options.rounds; round++) {
      seconds.push(await appendsSeconds(endpoints, `appends-${round}`));
      bench.progress(`appends ${round}: ${seconds.at(-1)?.toFixed(3)} s`);
    }
    return { first, seconds };
  });
  bench.record({ kind: "appends", system: "kvraft", ...values });
  const mark = { atMost: MARK_SECONDS, of: "median" } as const;
  return [
    { name: `appends: ${APPENDS}, one Clerk`, unit: "s", values: { kvraft: values.seconds }, mark },
    { name: "  the first of all", unit: "s", values: { kvraft: [values.first] }, mark: null },
  ];
}

/** With all that a new Clerk has to do first: connecting, finding the leader, opening its session. */
async function appendsSeconds(endpoints: readonly string[], key: string): Promise<number> {
  const startedMs = performance.now();
  const clerk = new Clerk({ endpoints });
  for (let at = 0; at < APPENDS; at++) await clerk.append(key, `${at} `);
  const seconds = (performance.now() - startedMs) / 1000;
  await clerk.close();
  return seconds;
}
