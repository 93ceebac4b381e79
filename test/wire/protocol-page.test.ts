/** The bytes that kvraft-protocol(7) shows to whoever writes a client. */
import test from "ava";
import { encodeClientReply, encodeClientRequest } from "../../src/wire/client-codec.js";
import { encodeCommand } from "../../src/wire/command-codec.js";
import { clientHello, encodeHello } from "../../src/wire/hello.js";
import { literalsOf, manualPage, sectionOf } from "../base/manual-page.js";

/** Each line begins with bytes; what follows says what they are. */
function bytesOf(display: string): string {
  return display.replaceAll(/^((?: *\b[0-9a-f]{2}\b)+).*$/gm, "$1").replaceAll(/\s/g, "");
}

test("the bytes in kvraft-protocol(7) are those on the wire", (t) => {
  const clientId = "\x01\x02\x03\x04\x05\x06\x07\x08";
  const open = { kind: "open", clientId } as const;
  const put = {
    kind: "session",
    clientId,
    session: 49,
    sequence: 1,
    acknowledgedBelow: 1,
    operation: { kind: "put", key: "k", value: "v" },
  } as const;
  const frames = [
    encodeHello(clientHello()),
    encodeClientRequest({ kind: "get", requestId: 1, key: "k", consistency: "linearizable" }),
    encodeClientRequest({ kind: "command", requestId: 2, command: open, bytes: encodeCommand(open) }),
    encodeClientReply({ kind: "result", requestId: 2, result: { status: "done", index: 49 } }),
    encodeClientRequest({ kind: "command", requestId: 3, command: put, bytes: encodeCommand(put) }),
  ];
  t.deepEqual(
    literalsOf(sectionOf(manualPage("kvraft-protocol.7"), "EXAMPLES")).map(bytesOf),
    frames.map((frame) => Buffer.from(frame).toString("hex")),
  );
});
