import test from "ava";
import fc from "fast-check";
import { checkCommand, decodeCommand, encodeCommand } from "../../src/wire/command-codec.js";
import { WireError } from "../../src/wire/errors.js";
import { decodePeerMessage, encodePeerMessage } from "../../src/wire/peer-codec.js";
import * as arbitrary from "./arbitraries.js";

function codeOf(read: () => unknown): string {
  try {
    read();
    return "sound";
  } catch (error) {
    if (error instanceof WireError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

test("a command is checked as it would be decoded", (t) => {
  const damaged = fc.tuple(arbitrary.command, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }));
  fc.assert(
    fc.property(damaged, ([command, changes]) => {
      const bytes = new Uint8Array(encodeCommand(command));
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      t.is(
        codeOf(() => checkCommand(bytes)),
        codeOf(() => decodeCommand(bytes)),
      );
    }),
    { numRuns: 2000 },
  );
});

test("an entry that nobody could apply is refused with the message that brings it", (t) => {
  const entry = { kind: "command", index: 1, term: 1, data: Uint8Array.of(0x0a, 0x00) } as const;
  const body = encodePeerMessage({
    type: "appendEntries",
    ...arbitrary.ends,
    term: 1,
    prevLogIndex: 0,
    prevLogTerm: 0,
    leaderCommit: 0,
    entries: [entry],
  }).subarray(4);
  t.throws(() => decodePeerMessage(body, arbitrary.ends), { name: "WireError" });
});
