/** Whether what manual page and schema say is true and enough for a client in another language. */
import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test from "ava";
import { Cluster } from "../cluster.js";
import { plainEnvironment } from "../processes.js";

const CONVERSATION = fileURLToPath(new URL("../../../../test/e2e/protocol/conversation.py", import.meta.url));

const { error } = spawnSync("python3", ["--version"]);

async function converse(endpoint: string): Promise<unknown> {
  const env = plainEnvironment();
  const { stdout } = await promisify(execFile)("python3", ["-B", CONVERSATION, endpoint], { env });
  return JSON.parse(stdout);
}

const SAID = {
  again: { done: true, same: true },
  appended: "hello, world",
  bytes: true,
  empty: "",
  absent: null,
  deleted: [true, false, null],
  pages: [["page/0", "page/1"], ["page/2", "page/3"], ["page/4"]],
  stale: { value: "hello, world", index: true, behindMs: true },
  refused: "the key is empty",
  closed: "command status 4",
  "at last": "hello, world",
};

(error === undefined ? test : test.skip)(
  "a client in Python that was written from kvraft-protocol(7) and the schema has every kind of conversation, whomever it asks first",
  async (t) => {
    const cluster = await Cluster.start(t);
    const leader = await cluster.leader();
    const [follower] = await cluster.followers();
    if (follower === undefined) throw new Error("there are three members");
    t.deepEqual(await converse(follower.client), {
      asked: { id: follower.id, role: "follower", members: 3 },
      hinted: true,
      ...SAID,
    });
    t.deepEqual(await converse(leader.client), {
      asked: { id: leader.id, role: "leader", members: 3 },
      hinted: false,
      ...SAID,
    });
  },
);
