import { readFile } from "node:fs/promises";
import test from "ava";
import { NODE_FLAGS } from "../../src/daemon/node-flags.js";

test("bin/kvraftd.js starts Node with the flags that a member wants", async (t) => {
  const source = await readFile(new URL("../../../bin/kvraftd.js", import.meta.url), "utf8");
  t.is(source.split("\n")[0], `#!/usr/bin/env -S node ${NODE_FLAGS.join(" ")}`);
});
