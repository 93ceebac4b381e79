import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test from "ava";
import fc from "fast-check";
import { appended } from "../../src/kv/appended.js";

test("joins like +, whatever the lengths", (t) => {
  const piece = fc.oneof(
    fc.string({ maxLength: 5 }),
    fc.nat({ max: 300 }).map((length) => "x".repeat(length)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
      t.is(pieces.reduce(appended, ""), pieces.join(""));
    }),
    { numRuns: 100 },
  );
});

test("a value appended byte by byte and never read takes no more than about twice its length", async (t) => {
  const script = fileURLToPath(new URL("appended-memory.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", script]);
  t.log(stdout);
  t.true(Number(stdout) > 0.5 && Number(stdout) < 3, stdout);
});
