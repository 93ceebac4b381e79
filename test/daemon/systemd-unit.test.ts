import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { unitText } from "../../src/daemon/systemd/unit.js";
import { systemdVersion } from "../../src/daemon/systemd/version.js";

const INSTALLATION = {
  node: process.execPath,
  kvraftd: fileURLToPath(new URL("../../../bin/kvraftd.js", import.meta.url)),
  nodeFlags: ["--max-semi-space-size=4"],
};

/** The exposure that `systemd-analyze security` may find at most, of 10. */
const EXPOSURE_MAX = 1.5;

test("paths with odd characters stay one word", (t) => {
  const unit = unitText(
    { node: "/opt/node", kvraftd: '/srv/a b/50%/$x/"q"/kvraftd.js', nodeFlags: ["--f"] },
    null,
  );
  const expected =
    '/opt/node --f "/srv/a b/50%%/$$x/\\"q\\"/kvraftd.js" --id %i --config /etc/kvraft/%i.toml';
  t.true(unit.includes(`\nExecStart=${expected}\n`), unit);
});

test("a home is closed, unless the daemon is installed in one", (t) => {
  const paths = { node: "/usr/bin/node", kvraftd: "/usr/lib/kvraftd.js", nodeFlags: [] };
  t.true(unitText(paths, null).includes("\nProtectHome=yes\n"));
  t.true(unitText({ ...paths, node: "/home/me/.nvm/node" }, null).includes("\nProtectHome=read-only\n"));
});

test("from systemd 253 on messages need no helper, and no process but the member's own may send them", (t) => {
  for (const version of [null, 252]) {
    const unit = unitText(INSTALLATION, version);
    t.true(unit.includes("\nNotifyAccess=all\n"));
    t.false(unit.includes("OpenFile="));
  }
  const unit = unitText(INSTALLATION, 253);
  t.true(unit.includes("\nNotifyAccess=main\nOpenFile=/run/systemd/notify:notify\n"));
});

const { error } = spawnSync("systemd-analyze", ["--version"]);
const withSystemd = error === undefined ? test : test.skip;

withSystemd("systemd understands every line of it, and finds it hardened", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "kvraft-unit-"));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const path = join(directory, "kvraftd@.service");
  await writeFile(path, unitText(INSTALLATION, systemdVersion()));
  const verified = spawnSync("systemd-analyze", ["verify", "--man=no", path], { encoding: "utf8" });
  t.is(verified.status, 0, verified.stderr);
  t.is(verified.stderr, "");
  const judged = spawnSync("systemd-analyze", ["security", "--offline=true", "--no-pager", path], {
    encoding: "utf8",
  });
  const exposure = Number(/exposure level for \S+: ([0-9.]+)/.exec(judged.stdout)?.[1]);
  t.true(exposure <= EXPOSURE_MAX, judged.stdout);
});
