/**
 * Binding a server to an address, and closing it. What the operating system answers becomes
 * a {@link NetError} that a person can act on.
 */
import type { Server } from "node:net";
import { ADDRESS_FORM, type Address, formatAddress, parseAddress } from "../base/address.js";
import type { BoundSocket } from "./bound-socket.js";
import { NetError, type NetErrorCode } from "./net-error.js";

interface Explanation {
  readonly code: NetErrorCode;
  readonly what: string;
  readonly next: string;
}

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  EADDRINUSE: {
    code: "address-in-use",
    what: "another process listens there already",
    next: "stop it, or listen on another port (port 0 takes any free one)",
  },
  EACCES: {
    code: "address-denied",
    what: "permission denied",
    next: "choose a port above 1023, or run with the right to bind this one",
  },
  EADDRNOTAVAIL: {
    code: "address-unavailable",
    what: "this machine has no such address",
    next: "listen on one of its own addresses, or on 0.0.0.0 or [::] for all of them",
  },
  ENOTFOUND: {
    code: "address-unavailable",
    what: "the host name does not resolve",
    next: "check the name, or write an IP address",
  },
};

/**
 * Binds `server` to `place` (`HOST:PORT`, port 0 for any free one), or has it listen on a socket that is bound already. `whom`
 * names the callers in messages: "clients", "members". Resolves to the address that is bound.
 */
export async function listen(server: Server, place: string | BoundSocket, whom: string): Promise<string> {
  const isText = typeof place === "string";
  const address = isText ? place : place.address;
  const target = isText ? parsed(place, whom) : place.socket;
  await new Promise<void>((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(listenError(error, address, whom));
    server.once("error", onError);
    server.listen(target, () => {
      server.off("error", onError);
      resolve();
    });
  });
  const bound = server.address();
  return bound !== null && typeof bound === "object"
    ? formatAddress({ host: bound.address, port: bound.port })
    : address;
}

/** Stops accepting and resolves when the last connection of `server` is gone. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (server.listening) server.close(() => resolve());
    else resolve();
  });
}

function parsed(address: string, whom: string): Address {
  const parsed = parseAddress(address);
  if (parsed !== null) return parsed;
  throw new NetError(
    "address-invalid",
    `cannot listen for ${whom} on "${address}": expected ${ADDRESS_FORM}`,
  );
}

function listenError(error: NodeJS.ErrnoException, address: string, whom: string): NetError {
  const known = EXPLANATIONS[error.code ?? ""];
  return known === undefined
    ? new NetError("listen-failed", `cannot listen for ${whom} on ${address}: ${error.message}`, {
        cause: error,
      })
    : new NetError(known.code, `cannot listen for ${whom} on ${address}: ${known.what}; ${known.next}`, {
        cause: error,
      });
}
