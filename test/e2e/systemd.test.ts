import { closeSync, fstatSync, openSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { KVRAFTD, kvraftd, temporaryDirectory } from "./processes.js";

test("check-config finds what the daemon itself would refuse, and touches nothing", async (t) => {
  const directory = await temporaryDirectory(t);
  const config = join(directory, "n1.toml");
  await writeFile(config, 'listen-client = "127.0.0.1:0"\nheartbeat = "50ms"\n');
  const sound = await kvraftd(["check-config", "--id", "n1", "--config", config]);
  t.is(sound.status, 0, sound.stderr);
  t.is(sound.stdout.length + sound.stderr.length, 0);
  await writeFile(config, 'heartbeat = "soon"\n');
  const wrong = await kvraftd(["check-config", "--config", config]);
  t.is(wrong.status, 78);
  t.regex(wrong.stderr, /heartbeat: "soon" is not a duration/);
  t.is((await kvraftd(["check-config", "--idd", "n1"])).status, 64);
});

test("unit --print writes a unit with the paths of this installation", async (t) => {
  const { status, stdout } = await kvraftd(["unit", "--print"]);
  t.is(status, 0);
  t.true(
    stdout.toString().includes(`\nExecStart=${process.execPath} --max-semi-space-size=4 ${KVRAFTD} --id %i `),
  );
  t.is((await kvraftd(["unit"])).status, 64);
});

test("to the journal, lines bear their priority and no time", async (t) => {
  const directory = await temporaryDirectory(t);
  const path = join(directory, "journal");
  const descriptor = openSync(path, "w");
  const { dev, ino } = fstatSync(descriptor, { bigint: true });
  closeSync(descriptor);
  // A port that is no client's: it logs that it stops, and says why it cannot start.
  for (const toJournal of [true, false]) {
    await kvraftd(["--data-dir", join(directory, "data"), "--listen-client", "192.0.2.1:1"], {
      environment: { JOURNAL_STREAM: toJournal ? `${dev}:${ino}` : "1:2" },
      shell: `2> ${path}`,
    });
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    t.true(lines.length > 0);
    for (const line of lines) t.is(/^<[2-7]>/.test(line), toJournal, line);
  }
});
