import test from "ava";
import { completeLine } from "../../../src/cli/repl/completer.js";
import type { Flags } from "../../../src/cli/settings.js";
import { grammar } from "../grammar.js";

const KEYS = ["user/1", "user/two words", "user/it's", "user/\n"];

async function complete(line: string) {
  const asked: { flags: Flags; prefix: string }[] = [];
  const [found, typed] = await completeLine(line, await grammar(["help"]), async (flags, prefix) => {
    asked.push({ flags, prefix });
    return KEYS.filter((key) => key.startsWith(prefix));
  });
  return { found, typed, asked };
}

test("commands and options, with a blank after the only one", async (t) => {
  t.like(await complete("sca"), { found: ["scan "], typed: "sca" });
  t.like(await complete("kvraft sca"), { found: ["scan "], typed: "sca" });
  t.like(await complete("scan --keys"), { found: ["--keys-only "], typed: "--keys" });
  t.like(await complete("get --consistency "), { found: ["linearizable", "stale"], typed: "" });
  t.like(await complete("nothing"), { found: [], typed: "nothing" });
});

test("keys as they have to be typed; those that cannot be are not offered", async (t) => {
  t.deepEqual(await complete("get us"), {
    found: ["user/1", "user/two\\ words", "user/it\\'s"],
    typed: "us",
    asked: [{ flags: {}, prefix: "us" }],
  });
  t.like(await complete('get "user/t'), { found: ['"user/two words" '], typed: '"user/t' });
  t.like(await complete("get 'user/"), { found: ["'user/1'", "'user/two words'"], typed: "'user/" });
  t.like(await complete("get user/two\\ w"), { found: ["user/two\\ words "], typed: "user/two\\ w" });
  t.like(await complete("-e h:1 get user/1"), { asked: [{ flags: { endpoints: "h:1" }, prefix: "user/1" }] });
});
