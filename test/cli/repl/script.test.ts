import test from "ava";
import { EXIT, type ExitStatus } from "../../../src/base/exit-status.js";
import { argumentBytes } from "../../../src/cli/argument-bytes.js";
import { CliError } from "../../../src/cli/failure.js";
import { LINE_BYTES_MAX, linesOf, runScript } from "../../../src/cli/repl/script.js";

async function* chunks(...texts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function gathered(input: AsyncIterable<Uint8Array>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(input)) lines.push(line);
  return lines;
}

test("lines are the same however they arrive, with and without a last newline", async (t) => {
  const bytes = Buffer.from("put ключ 1\r\n\nget ключ\nlast");
  const expected = ["put ключ 1", "", "get ключ", "last"];
  for (let size = 1; size <= bytes.length; size++) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    );
    t.deepEqual(await gathered(chunks(...pieces)), expected);
  }
  t.deepEqual(await gathered(chunks("a\n")), ["a"]);
  t.deepEqual(await gathered(chunks()), []);
});

test("bytes that are not UTF-8 are kept", async (t) => {
  const [line = ""] = await gathered(chunks(Uint8Array.of(0x61, 0xff, 0x80, 0x0a)));
  t.deepEqual([...argumentBytes(line)], [0x61, 0xff, 0x80]);
});

test("a line without an end is refused before it fills the memory", async (t) => {
  const piece = Buffer.alloc(LINE_BYTES_MAX / 4, "x");
  const error = await t.throwsAsync(gathered(chunks(piece, piece, piece, piece, "x")), {
    instanceOf: CliError,
  });
  t.is(error?.status, EXIT.data);
});

/** What ran of `text`, where a line is the status that it ends with. */
async function obeyed(text: string, endsAt: string | null = null) {
  const ran: string[] = [];
  const notes: string[] = [];
  const shell = {
    isOver: false,
    run: async (line: string) => {
      ran.push(line);
      shell.isOver = line === endsAt;
      return Number(line || 0) as ExitStatus;
    },
  };
  const status = await runScript(shell, chunks(text), (note) => notes.push(note));
  return { ran, notes, status };
}

test("a script ends at the first line that fails, with its status, and says which it was", async (t) => {
  t.deepEqual(await obeyed("0\n\n69\n0\n"), {
    ran: ["0", "", "69"],
    notes: ["line 3 of stdin ended with status 69; nothing after it was run"],
    status: 69,
  });
  t.deepEqual(await obeyed("0\n0"), { ran: ["0", "0"], notes: [], status: 0 });
});

test("a script ends where it says so", async (t) => {
  t.deepEqual(await obeyed("0\n00\n0", "00"), { ran: ["0", "00"], notes: [], status: 0 });
});
