/**
 * How messages reach the service manager (sd_notify(3)): datagrams for a Unix socket, which Node cannot make. systemd 253 and newer
 * hands over a connected one (OpenFile= in the unit); elsewhere a helper sends them.
 */
import { writeSync } from "node:fs";
import type { Host } from "../../server/ports.js";
import { takeVariables } from "./environment.js";
import { NotifyHelper } from "./notify-helper.js";

/** Sends one message of such assignments as `READY=1`. Never waits and never fails: one that is lost was one of many. */
export type Notify = (...assignments: readonly string[]) => void;

export interface NotifyOptions {
  /** The variable NOTIFY_SOCKET is taken out of it. */
  readonly environment: NodeJS.ProcessEnv;
  /** The connected socket; null: none was handed over. */
  readonly descriptor: number | null;
  readonly log: Host["log"];
  /** Messages may have been lost: say again what still holds. */
  readonly onLoss: () => void;
}

/** Null: no service manager wants to know. */
export function openNotify({ environment, descriptor, log, onLoss }: NotifyOptions): Notify | null {
  const { NOTIFY_SOCKET } = takeVariables(environment, "NOTIFY_SOCKET");
  if (descriptor !== null) return byDescriptor(descriptor, onLoss);
  if (NOTIFY_SOCKET === undefined) return null;
  const helper = new NotifyHelper({ socket: NOTIFY_SOCKET, environment, log, onRestart: onLoss });
  return (...assignments) => helper.send(assignments);
}

/** The manager may not read at present (EAGAIN), or begin anew. */
const RETRY_MS = 1000;

function byDescriptor(descriptor: number, onLoss: () => void): Notify {
  let isRetryDue = false;
  const retry = () => {
    isRetryDue = false;
    onLoss();
  };
  return (...assignments) => {
    try {
      writeSync(descriptor, assignments.join("\n"));
    } catch {
      if (!isRetryDue) setTimeout(retry, RETRY_MS).unref();
      isRetryDue = true;
    }
  };
}
