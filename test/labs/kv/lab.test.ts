import test, { type ExecutionContext } from "ava";
import { checkLogBytes, checkLogEntries, checkNoSnapshots } from "./checks.js";
import type { Lab } from "./lab.js";
import { type LabSpec, labScenario } from "./lab-scenario.js";

const SEED = 11;
const SPEC: LabSpec = { suite: "3A", name: "Broken", servers: 3 };

async function failure(
  t: ExecutionContext,
  body: (lab: Lab) => Promise<void>,
  spec: Partial<LabSpec> = {},
): Promise<string> {
  const error = await t.throwsAsync(labScenario({ ...SPEC, ...spec }, body).run(SEED, null));
  return error.message;
}

test.serial("what fails names the scenario, its seed, and when it was", async (t) => {
  const message = await failure(t, async (lab) => {
    await lab.sleep(1500);
    await lab.until(() => false, 500, "pigs fly");
  });
  t.is(message, "3A Broken, seed 11, after 2.000 s: within 500 ms: pigs fly");
});

test.serial("an operation that is not done in time fails its scenario", async (t) => {
  const message = await failure(t, async (lab) => {
    const client = lab.client([], 1000);
    await client.put("k", "v");
  });
  t.regex(message, /c1 has to get its put of k done: /);
});

test.serial("a scenario that hangs fails, as it does in the suites after two minutes", async (t) => {
  const message = await failure(t, () => new Promise(() => {}));
  t.regex(message, /seed 11, after 120.000 s: it has to be over after 120 s/);
});

test.serial("a server that does not come back fails a scenario at its end", async (t) => {
  const message = await failure(t, async ({ cluster }) => cluster.members[1]?.crash());
  t.regex(message, /all servers have everything that is committed/);
});

test.serial("in a minority nothing is done, and then everything is", async (t) => {
  let doneMs = 0;
  let healedMs = 0;
  await labScenario(SPEC, async (lab) => {
    const { minority } = await lab.partitionAwayFromLeader();
    const client = lab.client(minority);
    const writing = client.put("k", "v").then(() => {
      doneMs = lab.nowMs;
    });
    await lab.sleep(3000);
    lab.connectAll();
    client.reach(lab.ids);
    healedMs = lab.nowMs;
    await writing;
  }).run(SEED, null);
  t.true(doneMs > healedMs && healedMs > 3000);
});

test.serial("logs that are longer than allowed are noticed, and snapshots that must not be", async (t) => {
  const write = async (lab: Lab): Promise<void> => {
    const client = lab.client();
    for (let number = 0; number < 30; number++) await client.put("k", "v");
  };
  const run = (check: (lab: Lab) => void, spec: Partial<LabSpec> = {}): Promise<string> =>
    failure(
      t,
      async (lab) => {
        await write(lab);
        check(lab);
      },
      spec,
    );
  t.regex(await run((lab) => checkLogBytes(lab, 1000)), /n1 keeps \d+ bytes of log, and 1000 is the most/);
  t.regex(await run((lab) => checkLogEntries(lab, 20)), /n1 keeps \d+ applied entries, and 20 is the most/);
  t.regex(await run(checkNoSnapshots, { snapshotLogBytes: 500 }), /must not take snapshots, and keeps/);
});

test.serial("a seed decides the whole run", async (t) => {
  const trace = async (seed: number): Promise<string> => {
    const lines: string[] = [];
    const scenario = labScenario({ ...SPEC, unreliable: true }, async (lab) => {
      const client = lab.client();
      for (let number = 0; number < 5; number++) await client.append("k", String(number));
    });
    await scenario.run(seed, (line) => lines.push(line));
    return lines.join("\n");
  };
  const first = await trace(SEED);
  t.is(await trace(SEED), first);
  t.not(await trace(SEED + 1), first);
});
