/**
 * Network addresses as people write them: `HOST:PORT`, an IPv6 host in brackets. Text only: nothing
 * here resolves a name or opens a socket.
 */

export interface Address {
  /** A name or an IP address, IPv6 without its brackets. */
  readonly host: string;
  /** 0 to 65535; 0 asks for any free port and makes sense only for listening. */
  readonly port: number;
}

/** What a message says to somebody who wrote an address that {@link parseAddress} refuses. */
export const ADDRESS_FORM = "HOST:PORT (an IPv6 host in brackets, as in [::1]:6840)";

const BRACKETED = /^\[([0-9a-f:.]*:[0-9a-f:.]*(?:%[\w.-]+)?)\]:([0-9]{1,5})$/i;
const PLAIN = /^([\w.-]+):([0-9]{1,5})$/;

/** Null when `text` is not of the form {@link ADDRESS_FORM}. */
export function parseAddress(text: string): Address | null {
  const match = BRACKETED.exec(text) ?? PLAIN.exec(text);
  if (match === null) return null;
  const [, host = "", digits = ""] = match;
  const port = Number(digits);
  return port <= 65535 ? { host, port } : null;
}

/** The inverse of {@link parseAddress}. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
