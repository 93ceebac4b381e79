/** A socket that somebody else has bound and handed over, as service managers do: its descriptor made fit for `listen`. */
import { Socket } from "node:net";
import { formatAddress } from "../base/address.js";

export interface BoundSocket {
  /** HOST:PORT, as the system tells it. */
  readonly address: string;
  /** What a server listens on; by itself it reads and accepts nothing. */
  readonly socket: Socket;
}

/** Null: `descriptor` is not a TCP socket that waits for connections. */
export function boundSocket(descriptor: number): BoundSocket | null {
  const socket = openSocket(descriptor);
  if (socket === null || socket.remoteAddress !== undefined) return null;
  const bound = socket.address();
  if (!("port" in bound)) return null;
  return { address: formatAddress({ host: bound.address, port: bound.port }), socket };
}

function openSocket(fd: number): Socket | null {
  try {
    return new Socket({ fd, readable: false, writable: false });
  } catch {
    return null;
  }
}
