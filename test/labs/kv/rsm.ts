/** What the course of 2025 asks of a replicated state machine: it replays its log, and leaves no caller waiting. */
import { assert } from "../../../src/base/assert.js";
import type { Recorded } from "../../sim/history.js";
import type { Scenario } from "../scenario.js";
import { appendText, checkAppends } from "./checks.js";
import type { Lab } from "./lab.js";
import type { LabClient } from "./lab-client.js";
import { labScenario } from "./lab-scenario.js";

const SUITE = "2025";
const OPERATIONS = 100;
/** All servers have what was answered. */
const EVERYWHERE_MS_MAX = 1000;
const RELEASE_MS_MAX = 10_000;
const HEALED_RELEASE_MS_MAX = 1000;
/** By then the last of the writes is done, if nothing comes between. */
const SPREAD_US_MAX = 2000;
/** As the command-line client has it. */
const USUAL_TIMEOUT_MS = 5000;

/** After a restart each server has what it had. */
export const RESTART_REPLAY: Scenario = labScenario(
  { suite: SUITE, name: "RestartReplay", servers: 3 },
  async (lab) => {
    const client = lab.client();
    for (let number = 0; number < OPERATIONS; number++) {
      await client.append("n", appendText(0, number));
    }
    await checkEverywhere(lab);
    const { committedIndex } = lab.cluster.world.consensus;
    await lab.crashAll();
    await client.append("n", appendText(0, OPERATIONS));
    checkAppends(await client.get("n"), new Map([[0, OPERATIONS + 1]]));
    await checkEverywhere(lab);
    for (const { id, appliedIndex, snapshotIndex } of lab.cluster.statuses) {
      const replayed = appliedIndex - snapshotIndex;
      assert(replayed > committedIndex, `${id} has to replay ${committedIndex} entries, and has ${replayed}`);
    }
    client.close();
  },
);

/** All servers are told to end while a hundred writes are under way: all callers hear of it. */
export const SHUTDOWN: Scenario = labScenario({ suite: SUITE, name: "Shutdown", servers: 3 }, async (lab) => {
  const client = lab.client(lab.ids, USUAL_TIMEOUT_MS);
  await client.append("n", appendText(0, 0));
  const { outcomes, writing } = writeAtOnce(client);
  // So that some are done, some under way, and some not yet there.
  await lab.sleep(lab.dice.below(SPREAD_US_MAX) / 1000);
  for (const member of lab.cluster.members) member.stop();
  const isReleased = (): boolean => outcomes.length === OPERATIONS;
  await lab.until(isReleased, RELEASE_MS_MAX, "all callers are released");
  await writing;
  await lab.until(() => lab.cluster.members.every(({ up }) => !up), RELEASE_MS_MAX, "all servers end");
  lab.cluster.start();
  const value = await lab.client().get("m");
  for (const { name, error } of outcomes) {
    const isThere = value.includes(name);
    assert(isThere || error !== null, `${name} was acknowledged before the shutdown, and is gone`);
    assert(
      !isThere || error === null || error.outcomeUnknown,
      `${name} was said not to be done, and is there`,
    );
  }
});

/** A leader is cut off with a hundred writes that it cannot commit: their callers are free soon after it is back. */
export const LEADER_PARTITION: Scenario = labScenario(
  { suite: SUITE, name: "LeaderPartition", servers: 3 },
  async (lab) => {
    const client = lab.client();
    await client.append("n", appendText(0, 0));
    const { leader, majority } = await lab.partitionAwayFromLeader();
    const stranded = lab.client([leader.id]);
    const { outcomes, writing } = writeAtOnce(stranded);
    await lab.sleep(10);
    client.reach(majority);
    await client.append("n", appendText(0, 1));
    const { length } = outcomes;
    assert(length === 0, `no write to a leader without a majority may be answered, and ${length} are`);
    lab.connectAll();
    stranded.reach(lab.ids);
    const isReleased = (): boolean => outcomes.length === OPERATIONS && leader.unanswered === 0;
    await lab.until(isReleased, HEALED_RELEASE_MS_MAX, "all callers of the old leader are released");
    await writing;
    const failed = outcomes.filter(({ error }) => error !== null);
    assert(failed.length === 0, `all of them get done with the new leader: ${failed[0]?.error?.message}`);
    client.reach(lab.ids);
    checkAppends(await client.get("n"), new Map([[0, 2]]));
    const value = await client.get("m");
    for (const { name } of outcomes) {
      assert(value.split(name).length === 2, `${name} has to be there once`);
    }
    client.close();
  },
);

/** A hundred writes at the same time, by one client. `outcomes` grows as they are answered. */
function writeAtOnce(client: LabClient): { outcomes: readonly Recorded[]; writing: Promise<unknown> } {
  const outcomes: Recorded[] = [];
  const writes = Array.from({ length: OPERATIONS }, async (_, number) => {
    outcomes.push(await client.write("append", "m", String(number)));
  });
  return { outcomes, writing: Promise.all(writes) };
}

async function checkEverywhere(lab: Lab): Promise<void> {
  const { cluster } = lab;
  await lab.until(() => cluster.isEqual, EVERYWHERE_MS_MAX, "all servers have applied what was answered");
  for (const member of cluster.members) member.checkState();
}
