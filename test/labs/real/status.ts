/** Asks one member what it says of itself: that one alone, at its real address. */
import { connect } from "node:net";
import { parseAddress } from "../../../src/base/address.js";
import { decodeClientReply, encodeClientRequest } from "../../../src/wire/client-codec.js";
import type { MemberStatus } from "../../../src/wire/client-message.js";
import { FrameParser } from "../../../src/wire/frame.js";
import { clientHello, encodeHello } from "../../../src/wire/hello.js";
import { REPLY_FRAME_BYTES_MAX } from "../../../src/wire/limits.js";

const TIMEOUT_MS = 2000;

/** Null: no answer, or none in time. */
export function askStatus(address: string): Promise<MemberStatus | null> {
  const target = parseAddress(address);
  if (target === null) return Promise.resolve(null);
  return new Promise((resolve) => {
    const socket = connect({ ...target, noDelay: true, timeout: TIMEOUT_MS });
    const parser = new FrameParser(REPLY_FRAME_BYTES_MAX);
    let greeted = false;
    const onFrame = (body: Uint8Array): void => {
      if (!greeted) {
        greeted = true;
        return;
      }
      const reply = decodeClientReply(body);
      resolve(reply.kind === "status" ? reply.status : null);
      socket.destroy();
    };
    socket.on("data", (chunk) => parser.push(chunk, onFrame));
    socket.on("timeout", () => socket.destroy());
    socket.on("error", () => {}); // It closes then.
    socket.on("close", () => resolve(null));
    socket.write(encodeHello(clientHello()));
    socket.write(encodeClientRequest({ kind: "status", requestId: 1 }));
  });
}
