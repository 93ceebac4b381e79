/**
 * What needs no state: cutting frames, decoding messages, and the side of a peer link that only listens for a
 * greeting.
 */
import { GreetedFrames } from "../../src/net/greeted-frames.js";
import { refusalOfAcceptor } from "../../src/net/greeting.js";
import { WireError } from "../../src/wire/errors.js";
import { FrameParser } from "../../src/wire/frame.js";
import { encodeHello, type Hello } from "../../src/wire/hello.js";
import { PEER_FRAME_BYTES_MAX } from "../../src/wire/limits.js";
import { CODEC_CORPORA, HELLOS, PEER_MESSAGES, REPLIES, REQUESTS } from "./corpus.js";
import type { Draw } from "./draw.js";
import { joined, mutated } from "./mutate.js";
import { hold, type Target } from "./target.js";

const FRAME_BYTES_MAX = 4096;
const FRAMES = [...HELLOS, ...REQUESTS, ...REPLIES, ...PEER_MESSAGES];

/** However a stream is cut, it gives the same frames and the same fault, and nothing is lost or made up. */
export const framesTarget: Target = {
  name: "frames",
  share: 15,
  make: (draw) => joined(Uint8Array.of(1 + draw.below(64)), stream(draw, FRAMES)),
  judge: (input) => {
    const bytes = input.subarray(1);
    const whole = parse(bytes, bytes.length);
    const cut = parse(bytes, input[0] || 1);
    hold(whole.code === cut.code, () => `${whole.code} in one piece, ${cut.code} in pieces`);
    const same = Buffer.compare(joined(...whole.frames), joined(...cut.frames)) === 0;
    hold(same && whole.frames.length === cut.frames.length, () => "cuts change what the frames are");
    let at = 0;
    for (const frame of whole.frames) {
      const original = bytes.subarray(at + 4, at + 4 + frame.length);
      hold(Buffer.compare(frame, original) === 0, () => `another frame than the one at byte ${at}`);
      at += 4 + frame.length;
    }
  },
};

/** Every codec: a body is refused with a WireError, or means something that can be said again. */
export const messagesTarget: Target = {
  name: "messages",
  share: 25,
  make: (draw) => {
    const number = draw.below(CODEC_CORPORA.length);
    const bodies = CODEC_CORPORA[number]?.bodies ?? [];
    const body = draw.once(16) ? draw.bytes(draw.below(64)) : mutated(draw.pick(bodies), draw);
    return joined(Uint8Array.of(number), body);
  },
  judge: (input) => {
    const corpus = CODEC_CORPORA[(input[0] ?? 0) % CODEC_CORPORA.length];
    try {
      corpus?.check(input.subarray(1));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    }
  },
};

const SELF = { clusterId: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), memberId: "n1", version: "fuzz" };
const WELCOME: Hello = {
  protocolVersion: 1,
  role: "peer",
  clusterId: SELF.clusterId,
  memberId: "n2",
  clientAddress: "h:1",
  targetMemberId: "n1",
  version: "",
};

/** A dialling member reads the answer of whoever is there: a greeting, and nothing after it. */
export const dialTarget: Target = {
  name: "dial",
  share: 8,
  make: (draw) => {
    const start = draw.once(2) ? encodeHello(WELCOME) : draw.pick(HELLOS);
    return mutated(joined(start, stream(draw, FRAMES)), draw);
  },
  judge: (input) => {
    let ended = false;
    const frames = new GreetedFrames({
      frameBytesMax: PEER_FRAME_BYTES_MAX,
      onHello: (hello) => {
        ended = refusalOfAcceptor(hello, SELF, "n2") !== null;
        if (ended) frames.stop();
      },
      onFrame: () => {
        ended = true;
        frames.stop();
      },
    });
    const middle = Math.floor(input.length / 2);
    const error = frames.push(input.subarray(0, middle)) ?? frames.push(input.subarray(middle));
    hold(error === null || !ended, () => "a connection that has ended fails");
  },
};

function stream(draw: Draw, corpus: readonly Uint8Array[]): Uint8Array {
  const frames: Uint8Array[] = [];
  for (let left = draw.below(4); left >= 0; left--) frames.push(draw.pick(corpus));
  const bytes = joined(...frames);
  return draw.once(4) ? bytes : mutated(bytes, draw);
}

function parse(bytes: Uint8Array, pieceBytes: number): { frames: Uint8Array[]; code: string } {
  const parser = new FrameParser(FRAME_BYTES_MAX);
  const frames: Uint8Array[] = [];
  try {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      parser.push(bytes.subarray(at, at + pieceBytes), (frame) => frames.push(frame.slice()));
      hold(parser.bufferedBytes <= at + pieceBytes, () => "more is buffered than has come");
    }
    return { frames, code: "" };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return { frames, code: error.code };
  }
}
