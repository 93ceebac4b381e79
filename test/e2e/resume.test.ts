/** A tool that is killed, or gives up, leaves writes that a later run finishes exactly once. */
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import test from "ava";
import { parseAddress } from "../../src/base/address.js";
import { seededRandom } from "../../src/base/random.js";
import { decodeClientRequest } from "../../src/wire/client-codec.js";
import { FrameParser } from "../../src/wire/frame.js";
import { Cluster } from "./cluster.js";
import { kvraft, type RunOptions, type Teardown, temporaryDirectory } from "./processes.js";
import { ToolSuite } from "./tool-suite.js";

const KILLS = 100;
/** Longer than the tool takes from its start to its end. */
const LIFE_MS_MAX = 300;

const suite = new ToolSuite();

test.before(() => suite.begin());

test.after.always(() => suite.end());

async function notes(state: string): Promise<readonly string[]> {
  return await readdir(join(state, "kvraft")).catch(() => []);
}

test("killed at any moment of an append, the tool leaves it to be finished exactly once", async (t) => {
  const state = await temporaryDirectory(t);
  const tool = (args: readonly string[], options: RunOptions = {}) =>
    suite.run(args, { ...options, environment: { XDG_STATE_HOME: state } });
  const random = seededRandom(7);
  const seen = { finished: 0, resumed: 0, repeated: 0 };
  for (let at = 0; at < KILLS; at++) {
    const piece = `<${at}>`;
    const kill = await tool(["append", "journal", piece], {
      during: (child) => {
        const timer = setTimeout(() => child.kill("SIGKILL"), random.below(LIFE_MS_MAX));
        child.once("exit", () => clearTimeout(timer));
      },
    });
    const left = await notes(state);
    const resumed = await tool(["resume"]);
    t.is(resumed.status, 0, resumed.stderr);
    t.deepEqual(await notes(state), []);
    const { stdout } = await tool(["get", "journal"]);
    const isThere = stdout.toString().endsWith(piece);
    if (kill.status === 0) seen.finished++;
    else if (left.length > 0 && resumed.stdout.length > 0) seen.resumed++;
    if (kill.status === 0 || resumed.stdout.length > 0) {
      t.true(isThere, `${piece} is missing`);
    } else if (!isThere) {
      // It was killed before it noted anything, so nothing was sent.
      seen.repeated++;
      t.is((await tool(["append", "journal", piece])).status, 0);
    }
  }
  const { stdout } = await tool(["get", "journal"]);
  t.is(stdout.toString(), Array.from({ length: KILLS }, (_, at) => `<${at}>`).join(""));
  t.true(seen.finished > 0 && seen.resumed > 0 && seen.repeated > 0, JSON.stringify(seen));
});

/** The only way to a member: writes are lost on it, or the answers to them, or nothing is. */
class Way {
  address = "";
  target = "";
  lost: "request" | "reply" | null = null;

  static async open(t: Teardown): Promise<Way> {
    const way = new Way();
    const server = createServer((client) => way.#carry(client));
    server.listen({ host: "127.0.0.1", port: 0 });
    await once(server, "listening");
    t.teardown(() => server.close());
    way.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    return way;
  }

  #carry(client: Socket): void {
    const { lost } = this;
    const { host, port } = parseAddress(this.target) ?? { host: "", port: 0 };
    const member = connect({ host, port });
    let isGreeted = false;
    let isWritten = false;
    forward(client, member, (body) => {
      const isWrite = isGreeted && isWriteRequest(body);
      isGreeted = true;
      isWritten ||= isWrite;
      return !(isWrite && lost === "request");
    });
    forward(member, client, () => !(isWritten && lost === "reply"));
  }
}

function isWriteRequest(body: Uint8Array): boolean {
  const request = decodeClientRequest(body);
  return request.kind === "command" && request.command.kind === "session";
}

/** Frame by frame. */
function forward(from: Socket, to: Socket, passes: (body: Uint8Array) => boolean): void {
  const parser = new FrameParser(2 ** 24);
  from.on("data", (chunk) =>
    parser.push(chunk, (body) => {
      if (!passes(body)) return;
      const header = Buffer.alloc(4);
      header.writeUInt32BE(body.length);
      to.write(Buffer.concat([header, body]));
    }),
  );
  from.on("error", () => to.destroy());
  from.on("close", () => to.destroy());
}

test("a write that was given up prints its id, by which it is finished or told of", async (t) => {
  const way = await Way.open(t);
  const alone = await Cluster.start(t, { members: 1, flags: ["--advertise-client", way.address] });
  [way.target = ""] = alone.endpoints;
  const state = await temporaryDirectory(t);
  const run = (...args: string[]) =>
    kvraft(["-e", way.address, ...args], { environment: { XDG_STATE_HOME: state } });
  const giveUp = async (lost: "request" | "reply", ...args: string[]): Promise<string> => {
    way.lost = lost;
    const given = await run("--timeout", "300ms", ...args);
    way.lost = null;
    t.is(given.status, 75, given.stderr);
    return /kvraft resume (\S+),/.exec(given.stderr)?.[1] ?? "";
  };
  const value = async () => (await run("get", "k")).stdout.toString();
  for (const lost of ["request", "reply"] as const) {
    t.is((await run("put", "k", "v")).status, 0);
    const id = await giveUp(lost, "append", "k", "1");
    t.is(await value(), lost === "reply" ? "v1" : "v");
    t.is((await run("resume", id)).stdout.toString(), `${id} append "k": done\n`);
    t.is(await value(), "v1");
    const gone = await run("resume", id);
    t.is(gone.status, 64);
    t.regex(gone.stderr, /no unfinished write/);
    const other = await giveUp(lost, "append", "k", "2");
    const outcome = (await run("outcome", other)).stdout.toString();
    if (lost === "reply") {
      t.regex(outcome, /^applied at index \d+\n$/);
    } else {
      t.is(outcome, "not applied\n");
      t.is((await run("outcome", other)).stdout.toString(), "not applied\n");
      t.is((await run("resume")).stdout.toString(), `${other} append "k": done\n`);
    }
    t.is(await value(), "v12");
    t.deepEqual(await notes(state), []);
  }
});
