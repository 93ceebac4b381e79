/**
 * Who runs in a playground and on which ports. Members find each other at the addresses that their data directories
 * name, so a kept playground keeps its ports: they are written down beside the data.
 */
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { EXIT } from "../../base/exit-status.js";
import { CliError, usageError } from "../failure.js";

export interface PlaygroundMember {
  readonly id: string;
  readonly clientPort: number;
  readonly peerPort: number;
}

export const HOST = "127.0.0.1";
const MEMBERS_DEFAULT = 3;
const FILE_NAME = "playground.json";
const FILE_VERSION = 1;

export interface Wishes {
  /** Null: as many as there are, else three. */
  readonly count: number | null;
  /** New members take this port and those that follow. */
  readonly firstPort: number;
  /** Told of ports that had to differ. */
  readonly remark: (text: string) => void;
}

/** The members of the playground in `directory`: those that are written down there, else new ones. */
export async function planMembers(
  directory: string,
  { count, firstPort, remark }: Wishes,
): Promise<readonly PlaygroundMember[]> {
  const kept = await readKept(directory);
  if (kept !== null) {
    if (count === null || count === kept.length) return kept;
    throw usageError(
      `${directory} holds a playground of ${kept.length} members, not of ${count}`,
      "playground",
    );
  }
  const ports = await choosePorts({ firstPort, count: 2 * (count ?? MEMBERS_DEFAULT), remark });
  const members: PlaygroundMember[] = [];
  for (let at = 0; at < ports.length; at += 2) {
    members.push({ id: `n${members.length + 1}`, clientPort: ports[at] ?? 0, peerPort: ports[at + 1] ?? 0 });
  }
  await writeFile(
    join(directory, FILE_NAME),
    `${JSON.stringify({ version: FILE_VERSION, members }, null, 2)}\n`,
  );
  return members;
}

async function readKept(directory: string): Promise<readonly PlaygroundMember[] | null> {
  const path = join(directory, FILE_NAME);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const { version, members } = fieldsOf(parseJson(text));
  if (version === FILE_VERSION && Array.isArray(members) && members.length > 0 && members.every(isMember)) {
    return members;
  }
  const message = `${path} is damaged or of another version`;
  throw new CliError(EXIT.configuration, message, "Try: another --data-dir");
}

/** Undefined where it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function isMember(value: unknown): value is PlaygroundMember {
  const { id, clientPort, peerPort } = fieldsOf(value);
  return typeof id === "string" && Number.isInteger(clientPort) && Number.isInteger(peerPort);
}

/** `count` ports from the first on; in the place of each that is taken, a free one. */
async function choosePorts({
  firstPort,
  count,
  remark,
}: Wishes & { readonly count: number }): Promise<readonly number[]> {
  const held: Server[] = [];
  try {
    const taken: number[] = [];
    for (let port = firstPort; port < firstPort + count; port++) {
      const server = await listen(port);
      if (server === null) taken.push(port);
      // All are held until the last is chosen, so that none is chosen twice.
      held.push(server ?? (await listenAnywhere()));
    }
    if (taken.length > 0) remark(`port ${taken.join(", ")} is taken: free ones are used instead`);
    return held.map(portOf);
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

/** Null: the port is taken. */
function listen(port: number): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(null) : reject(error),
    );
    server.listen({ host: HOST, port, exclusive: true }, () => resolve(server));
  });
}

async function listenAnywhere(): Promise<Server> {
  const server = await listen(0);
  if (server === null) throw new CliError(EXIT.unavailable, `no free port is left on ${HOST}`);
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
