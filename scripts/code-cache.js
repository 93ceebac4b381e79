/**
 * Makes the code cache (bin/load.js) of the short commands' bundle, the one argument: runs each of them once against a member that only
 * pretends to be one, and keeps what V8 has compiled by then. Which functions a start has to compile shows in no other way.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { decodeClientRequest, encodeClientReply } from "../dist/src/wire/client-codec.js";
import { FrameParser } from "../dist/src/wire/frame.js";
import { CLUSTER_ID_BYTES, encodeHello } from "../dist/src/wire/hello.js";
import { PROTOCOL_VERSION } from "../dist/src/wire/limits.js";

const { cacheFileOf, pack, run, scriptOf } = createRequire(import.meta.url)("../bin/load.js");

const BUNDLE = resolve(process.argv[2]);

/** None of them prints anything, since every value is empty. */
const COMMANDS = [
  ["get", "key"],
  ["put", "key", "value"],
  ["append", "key", "value"],
  ["delete", "key"],
];

const CLUSTER_ID = new Uint8Array(CLUSTER_ID_BYTES);

function helloOf(address) {
  const names = { memberId: "n1", clientAddress: address, targetMemberId: "", version: "" };
  return { protocolVersion: PROTOCOL_VERSION, role: "server", clusterId: CLUSTER_ID, ...names };
}

function statusOf(address) {
  const indexes = { lastIndex: 1, commitIndex: 1, appliedIndex: 1, snapshotIndex: 0, logBytes: 0 };
  const members = [{ id: "n1", client: address, peer: "" }];
  return {
    id: "n1",
    role: "leader",
    term: 1,
    leader: "n1",
    ...indexes,
    members,
    clusterId: CLUSTER_ID,
    version: "",
  };
}

/** A leader of a cluster of one that has done everything already. */
function replyTo(request, address) {
  const { requestId } = request;
  switch (request.kind) {
    case "status":
      return { kind: "status", requestId, status: statusOf(address) };
    case "get":
      return { kind: "get", requestId, value: "", index: 1, behindMs: null };
    case "command":
      return { kind: "result", requestId, result: { status: "done", index: 1 } };
    default:
      throw new Error(`nobody asks for ${request.kind}`);
  }
}

function serve(socket) {
  const address = `${socket.localAddress}:${socket.localPort}`;
  const parser = new FrameParser(1024);
  let greeted = false;
  socket.on("error", () => {});
  socket.on("data", (chunk) =>
    parser.push(chunk, (body) => {
      if (greeted) socket.write(encodeClientReply(replyTo(decodeClientRequest(body), address)));
      else socket.write(encodeHello(helloOf(address)));
      greeted = true;
    }),
  );
}

const source = readFileSync(BUNDLE);
if (source.some((byte) => byte > 0x7f)) throw new Error(`${BUNDLE} is not all ASCII`);
const script = scriptOf(BUNDLE, source);
const { launch } = run(script, BUNDLE);

const server = createServer(serve);
await new Promise((resolve) => server.listen({ host: "127.0.0.1", port: 0 }, resolve));
const home = mkdtempSync(join(tmpdir(), "code-cache-"));
Object.assign(process.env, {
  KVRAFT_ENDPOINTS: `127.0.0.1:${server.address().port}`,
  KVRAFT_TIMEOUT: "",
  KVRAFT_OUTPUT: "",
  XDG_CONFIG_HOME: home,
  XDG_STATE_HOME: home,
  XDG_CACHE_HOME: home,
});
for (const command of COMMANDS) {
  await launch(command);
  if (process.exitCode !== 0) throw new Error(`kvraft ${command.join(" ")} ended with ${process.exitCode}`);
}
server.close();
rmSync(home, { recursive: true });

writeFileSync(cacheFileOf(BUNDLE), pack(source, script.createCachedData()));
