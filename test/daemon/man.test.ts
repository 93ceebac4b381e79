import test from "ava";
import { EXIT } from "../../src/base/exit-status.js";
import { readConfig } from "../../src/daemon/config.js";
import { parseConfigFile } from "../../src/daemon/config-file.js";
import { FAMILIES } from "../../src/daemon/metrics/families.js";
import { SETTINGS } from "../../src/daemon/settings.js";
import { LOG_EVENTS } from "../../src/server/log-events.js";
import { keysOf, literalsOf, manualPage, sectionOf } from "../base/manual-page.js";

/** The statuses that the section EXIT STATUS lists. */
function statuses(source: string): number[] {
  return Array.from(sectionOf(source, "EXIT STATUS").matchAll(/^\.It (\d+)$/gm), (match) => Number(match[1]));
}

test("kvraftd(8) has every setting with its default", (t) => {
  const source = manualPage("kvraftd.8");
  for (const { name, placeholder, initial } of Object.values(SETTINGS)) {
    const entry = source
      .split(`.It Fl -${name} Ar ${placeholder.replace("…", "...")}\n`)[1]
      ?.split("\n.It ")[0];
    if (entry === undefined) t.fail(`--${name} ${placeholder} is missing`);
    else if (initial !== null)
      t.true(entry.includes(`Default\n.Li ${initial} .`), `the default of --${name}`);
  }
});

test("kvraft.toml(5) has every setting of the daemon with its default, and no other", (t) => {
  const keys = keysOf(sectionOf(manualPage("kvraft.toml.5"), "KEYS OF THE DAEMON"));
  const settings = Object.values(SETTINGS);
  t.deepEqual(
    [...keys.keys()],
    settings.map(({ name }) => name),
  );
  for (const { name, initial } of settings) {
    const entry = keys.get(name) ?? "";
    t.true(
      entry.includes(initial === null ? "\nDefault" : `Default\n.Li ${initial} .`),
      `the default of ${name}`,
    );
  }
});

test("the daemon understands the examples in kvraft.toml(5)", (t) => {
  const [, ofSystemd = "", onEveryInterface = ""] = literalsOf(
    sectionOf(manualPage("kvraft.toml.5"), "EXAMPLES"),
  );
  for (const example of [ofSystemd, onEveryInterface]) {
    const config = readConfig({ flags: {}, environment: {}, file: parseConfigFile("example", example) });
    t.is(config.cluster?.length, 3);
  }
});

test("the pages list the exit statuses that there are", (t) => {
  t.deepEqual(statuses(manualPage("kvraft.1")), Object.values(EXIT));
  const { absent: _absent, data: _data, unknown: _unknown, interrupted: _interrupted, ...daemon } = EXIT;
  t.deepEqual(statuses(manualPage("kvraftd.8")), Object.values(daemon));
});

/** The tags of a section's list. */
function listed(section: string): string[] {
  return Array.from(section.matchAll(/^\.It Li "?(.+?)"?$/gm), ([, tag = ""]) => tag);
}

test("kvraftd(8) lists every metric and every event of the log, and nothing else", (t) => {
  const source = manualPage("kvraftd.8");
  t.deepEqual(
    listed(sectionOf(source, "METRICS")),
    FAMILIES.map(({ name }) => name),
  );
  t.deepEqual(listed(sectionOf(source, "LOG")), [...LOG_EVENTS]);
});

test("the rules in kvraftd(8) rest on metrics that there are", (t) => {
  const literals = literalsOf(sectionOf(manualPage("kvraftd.8"), "EXAMPLES"));
  const rules = literals.find((literal) => literal.startsWith("groups:")) ?? "";
  const families = FAMILIES.map(({ name, type }) => (type === "histogram" ? `${name}_bucket` : name));
  const used = Array.from(rules.matchAll(/\bkvraft_\w+/g), ([name]) => name);
  t.true(used.length > 0);
  for (const name of used) t.true(families.includes(name), name);
});
