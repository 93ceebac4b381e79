/** The tool against a member of a later version, whose messages say more than the tool knows of. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import test from "ava";
import type { CommandResult } from "../../src/kv/command.js";
import { decodeClientRequest, encodeClientReply } from "../../src/wire/client-codec.js";
import type { ClientReply, ClientRequest, MemberStatus } from "../../src/wire/client-message.js";
import { FRAME_HEADER_BYTES, FrameParser } from "../../src/wire/frame.js";
import { encodeHello } from "../../src/wire/hello.js";
import { PROTOCOL_VERSION } from "../../src/wire/limits.js";
import { kvraft, type Teardown } from "./processes.js";

const CLUSTER_ID = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
/** Field 100, a number. */
const UNKNOWN_FIELD = Buffer.of(0xa0, 0x06, 0x01);

function later(frame: Uint8Array): Buffer {
  const longer = Buffer.concat([frame, UNKNOWN_FIELD]);
  longer.writeUInt32BE(longer.length - FRAME_HEADER_BYTES);
  return longer;
}

function greeting(address: string): Uint8Array {
  const names = { memberId: "n1", clientAddress: address, targetMemberId: "", version: "9" };
  return encodeHello({ protocolVersion: PROTOCOL_VERSION, role: "server", clusterId: CLUSTER_ID, ...names });
}

function answer(request: ClientRequest, address: string): ClientReply {
  const { requestId } = request;
  const done: CommandResult = { status: "done", index: 7 };
  if (request.kind === "command") return { kind: "result", requestId, result: done };
  if (request.kind === "status") return { kind: "status", requestId, status: status(address) };
  if (request.kind === "get" && request.key !== "refused") {
    return { kind: "get", requestId, value: "value", index: 7, behindMs: null };
  }
  const hint = { leaderId: "", leaderAddress: "" };
  return { kind: "error", requestId, code: "invalid", message: "not that one", ...hint };
}

function status(address: string): MemberStatus {
  const indexes = { lastIndex: 7, commitIndex: 7, appliedIndex: 7, snapshotIndex: 0, logBytes: 0 };
  const members = [{ id: "n1", client: address, peer: "" }];
  const names = { id: "n1", leader: "n1", version: "9" };
  return { ...names, role: "leader", term: 1, ...indexes, members, clusterId: CLUSTER_ID };
}

/** Resolves to its endpoint. */
async function member(t: Teardown, dress: (frame: Uint8Array) => Uint8Array): Promise<string> {
  const serve = (socket: Socket) => {
    const parser = new FrameParser(1024);
    let greeted = false;
    socket.on("error", () => {});
    socket.on("data", (chunk) =>
      parser.push(chunk, (body) => {
        if (greeted) socket.write(dress(encodeClientReply(answer(decodeClientRequest(body), endpoint))));
        else socket.write(dress(greeting(endpoint)));
        greeted = true;
      }),
    );
  };
  const server = createServer(serve).listen({ host: "127.0.0.1", port: 0 });
  t.teardown(() => server.close());
  await once(server, "listening");
  const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return endpoint;
}

for (const [version, dress] of [
  ["this", (frame: Uint8Array) => frame],
  ["a later", later],
] as const) {
  test(`the short commands understand a member of ${version} version`, async (t) => {
    const endpoint = await member(t, dress);
    const run = async (...args: string[]) => {
      const { status: exit, stdout, stderr } = await kvraft(["-e", endpoint, ...args]);
      return { exit, stdout: stdout.toString(), stderr };
    };
    t.deepEqual(await run("get", "k"), { exit: 0, stdout: "value", stderr: "" });
    t.deepEqual(await run("put", "k", "v"), { exit: 0, stdout: "", stderr: "" });
    t.deepEqual(await run("append", "k", "v"), { exit: 0, stdout: "", stderr: "" });
    t.deepEqual(await run("delete", "k"), { exit: 0, stdout: "", stderr: "" });
    const refused = { exit: 65, stdout: "", stderr: 'kvraft: get "refused": not that one\n' };
    t.deepEqual(await run("get", "refused"), refused);
  });
}
