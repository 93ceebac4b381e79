/**
 * What the service manager hands over when it starts the daemon (sd_listen_fds(3)): descriptors from 3 on, by name. Sockets to listen
 * on bear the name of their setting, `client` for --listen-client; `notify` leads to the manager itself.
 */
import { EXIT } from "../../base/exit-status.js";
import { type BoundSocket, boundSocket } from "../../net/bound-socket.js";
import { StartError } from "../failure.js";
import { SETTINGS } from "../settings.js";
import { takeVariables } from "./environment.js";

export interface Inheritance {
  /** By the name of the setting whose place it takes. */
  readonly sockets: ReadonlyMap<string, BoundSocket>;
  /** A datagram socket that is connected to the manager. */
  readonly notify: number | null;
}

const FIRST_DESCRIPTOR = 3;
const NOTIFY = "notify";
const SETTING_PREFIX = "listen-";

const SOCKETS = Object.values(SETTINGS)
  .filter(({ name }) => name.startsWith(SETTING_PREFIX))
  .map(({ name }) => name.slice(SETTING_PREFIX.length));

/** Takes it out of `environment` too, so that no child process believes that it is meant. @throws StartError */
export function takeInheritance(environment: NodeJS.ProcessEnv, pid: number): Inheritance {
  const descriptors = takeDescriptors(environment, pid);
  const notify = descriptors.get(NOTIFY) ?? null;
  descriptors.delete(NOTIFY);
  const sockets = new Map<string, BoundSocket>();
  for (const [name, descriptor] of descriptors) {
    const socket = boundSocket(descriptor);
    if (socket === null)
      throw refusal(`"${name}" is not a TCP socket that listens`, "ListenStream=HOST:PORT");
    sockets.set(SETTING_PREFIX + name, socket);
  }
  return { sockets, notify };
}

/** Descriptors by name; none where they are meant for another process. */
export function takeDescriptors(environment: NodeJS.ProcessEnv, pid: number): Map<string, number> {
  const variables = takeVariables(environment, "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES");
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES } = variables;
  const descriptors = new Map<string, number>();
  if (LISTEN_PID !== String(pid)) return descriptors;
  const count = Number(LISTEN_FDS);
  const names = LISTEN_FDNAMES?.split(":") ?? [];
  if (count !== names.length) {
    throw refusal(`"${LISTEN_FDNAMES ?? ""}" does not name LISTEN_FDS=${LISTEN_FDS} descriptors`);
  }
  for (const [at, name] of names.entries()) {
    const known = [...SOCKETS, NOTIFY];
    const next = `FileDescriptorName=${SOCKETS.join(" or ")} in the socket unit`;
    if (!known.includes(name)) throw refusal(`"${name}" is none of ${known.join(", ")}`, next);
    if (descriptors.has(name)) throw refusal(`"${name}" stands there twice`, "one socket for each name");
    descriptors.set(name, FIRST_DESCRIPTOR + at);
  }
  return descriptors;
}

function refusal(what: string, next?: string): StartError {
  const hint = next === undefined ? "" : `\nTry: ${next}`;
  return new StartError(EXIT.configuration, `LISTEN_FDNAMES: ${what}${hint}`);
}
