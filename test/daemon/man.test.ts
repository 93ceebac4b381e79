import { readFile } from "node:fs/promises";
import test from "ava";
import { EXIT } from "../../src/base/exit-status.js";
import { SETTINGS } from "../../src/daemon/settings.js";
import { encodeClientRequest } from "../../src/wire/client-codec.js";
import { encodeHello } from "../../src/wire/hello.js";

/** The page as text, without the dots and backslashes that a person never sees. */
async function page(name: string): Promise<string> {
  const source = await readFile(new URL(`../../../man/${name}`, import.meta.url), "utf8");
  return source.replaceAll("\\e", "\\");
}

/** The statuses that the section EXIT STATUS lists. */
function statuses(source: string): number[] {
  const section = source.split(".Sh EXIT STATUS")[1]?.split(".Sh ")[0] ?? "";
  return Array.from(section.matchAll(/^\.It (\d+)$/gm), (match) => Number(match[1]));
}

test("kvraftd(8) has every setting with its default", async (t) => {
  const source = await page("kvraftd.8");
  for (const { name, placeholder, initial } of Object.values(SETTINGS)) {
    const entry = source
      .split(`.It Fl -${name} Ar ${placeholder.replace("…", "...")}\n`)[1]
      ?.split("\n.It ")[0];
    if (entry === undefined) t.fail(`--${name} ${placeholder} is missing`);
    else if (initial !== null)
      t.true(entry.includes(`Default\n.Li ${initial} .`), `the default of --${name}`);
  }
});

test("the pages list the exit statuses that there are", async (t) => {
  t.deepEqual(statuses(await page("kvraft.1")), Object.values(EXIT));
  const { absent: _absent, data: _data, unknown: _unknown, interrupted: _interrupted, ...daemon } = EXIT;
  t.deepEqual(statuses(await page("kvraftd.8")), Object.values(daemon));
});

test("the bytes in kvraft-protocol(7) are those on the wire", async (t) => {
  const source = await page("kvraft-protocol.7");
  const hello = encodeHello({
    protocolVersion: 1,
    role: "client",
    clusterId: new Uint8Array(),
    memberId: "",
    clientAddress: "",
    targetMemberId: "",
    version: "",
  });
  for (const frame of [
    hello,
    encodeClientRequest({ kind: "get", requestId: 1, key: "k", consistency: "linearizable" }),
  ]) {
    const bytes = Buffer.from(frame)
      .toString("hex")
      .replace(/..(?!$)/g, "$& ");
    t.true(source.includes(`.Dl ${bytes}\n`), bytes);
  }
});
