/** HTTP/2's frames: their header of nine bytes, types and flags (RFC 9113, sections 4 and 6). */
import type { Outbox } from "./outbox.js";

export const FRAME_HEADER_BYTES = 9;
/** The protocol's default, in both directions. */
export const FRAME_BYTES_MAX = 16_384;

export const TYPE = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  window: 8,
} as const;

export const FLAG = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

export interface FrameHead {
  /** Bytes that follow. */
  readonly length: number;
  readonly flags: number;
  /** 0: the connection as a whole. */
  readonly stream: number;
}

export function writeFrameHeader(out: Outbox, type: number, { length, flags, stream }: FrameHead): void {
  out.reserve(FRAME_HEADER_BYTES);
  const { bytes, at } = out;
  bytes[at] = length >>> 16;
  bytes[at + 1] = length >>> 8;
  bytes[at + 2] = length;
  bytes[at + 3] = type;
  bytes[at + 4] = flags;
  bytes[at + 5] = stream >>> 24;
  bytes[at + 6] = stream >>> 16;
  bytes[at + 7] = stream >>> 8;
  bytes[at + 8] = stream;
  out.at = at + FRAME_HEADER_BYTES;
}

export function uint24(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
}

export function uint32(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) * 2 ** 24 + uint24(bytes, at + 1);
}
