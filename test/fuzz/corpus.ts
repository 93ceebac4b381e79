/** Valid messages of every kind, drawn once with a fixed seed: what mutations start from. */
import fc from "fast-check";
import { encodeClientReply, encodeClientRequest } from "../../src/wire/client-codec.js";
import { encodeHello } from "../../src/wire/hello.js";
import { encodePeerMessage } from "../../src/wire/peer-codec.js";
import * as arbitrary from "../wire/arbitraries.js";
import { CODECS } from "../wire/codecs.js";
import { hold } from "./target.js";

const SEED = 20_260_101;
const SAMPLES = 200;

export interface CodecCorpus {
  readonly name: string;
  /** Valid bodies. */
  readonly bodies: readonly Uint8Array[];
  /** Throws WireError where `body` does not decode, and Fault where it does but cannot be said again. */
  check(body: Uint8Array): void;
}

export const CODEC_CORPORA: readonly CodecCorpus[] = CODECS.map((run) =>
  run(({ name, values, encode, decode }) => ({
    name,
    bodies: sample(values).map((value) => encode(value).slice()),
    check: (body) => {
      const value = decode(body);
      hold(
        canBeRepeated(() => decode(encode(value))),
        () => `${name}: what was decoded cannot be encoded`,
      );
    },
  })),
);

function canBeRepeated(repeat: () => unknown): boolean {
  try {
    repeat();
    return true;
  } catch {
    return false;
  }
}

/** Whole frames. */
export const HELLOS = sample(arbitrary.hello).map(encodeHello);
export const REQUESTS = sample(arbitrary.clientRequest).map(encodeClientRequest);
export const REPLIES = sample(arbitrary.clientReply).map(encodeClientReply);
export const PEER_MESSAGES = sample(arbitrary.peerMessage).map(encodePeerMessage);

function sample<T>(values: fc.Arbitrary<T>): T[] {
  return fc.sample(values, { seed: SEED, numRuns: SAMPLES });
}
