import test from "ava";
import { GreetedFrames } from "../../src/net/greeted-frames.js";
import { encodeHello } from "../../src/wire/hello.js";
import { hello } from "./wire-client.js";

const TOO_LARGE = Uint8Array.of(0xff, 0xff, 0xff, 0xf0);

test("a frame that is too large is said to be so", (t) => {
  const frames = new GreetedFrames({ frameBytesMax: 100, onHello: () => {}, onFrame: () => {} });
  t.is(frames.push(Buffer.concat([encodeHello(hello({})), TOO_LARGE]))?.code, "frame-too-large");
});

test("what comes behind a Hello that is turned away is no fault: the refusal must get through", (t) => {
  const frames: GreetedFrames = new GreetedFrames({
    frameBytesMax: 100,
    onHello: () => frames.stop(),
    onFrame: () => t.fail(),
  });
  t.is(frames.push(Buffer.concat([encodeHello(hello({})), TOO_LARGE])), null);
});
