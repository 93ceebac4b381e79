import test from "ava";
import { parseCommandLine } from "../../src/daemon/command-line.js";
import { environmentName } from "../../src/daemon/config.js";
import { StartError } from "../../src/daemon/failure.js";
import { SETTINGS } from "../../src/daemon/settings.js";

test("flags come as they were written, by the name of their setting", (t) => {
  const commandLine = parseCommandLine(["--id", "n2", "--listen-client=h:1", "--config", "f.toml"], "1.2.3");
  const given =
    commandLine.kind === "run"
      ? Object.entries(commandLine.flags).filter(([, text]) => text !== undefined)
      : [];
  t.deepEqual(Object.fromEntries(given), { id: "n2", "listen-client": "h:1", config: "f.toml" });
});

test("help leads with examples, names every flag and the exit statuses", (t) => {
  const help = parseCommandLine(["--help"], "1.2.3");
  const text = help.kind === "say" ? help.text : "";
  t.true(text.startsWith("Examples:"));
  for (const { name } of Object.values(SETTINGS)) t.true(text.includes(`--${name} <`), name);
  t.regex(text, /Exit status:\n {2}0/);
  t.notRegex(text, /.{81}/, "a terminal has 80 columns");
});

test("the version is said", (t) => {
  t.deepEqual(parseCommandLine(["--version"], "1.2.3"), { kind: "say", text: "1.2.3\n" });
});

for (const argv of [["--idd", "n2"], ["--id"], ["extra"]]) {
  test(`refused with status 64: ${argv.join(" ")}`, (t) => {
    const error = t.throws(() => parseCommandLine(argv, "1.2.3"), {
      instanceOf: StartError,
      message: /Try: kvraftd --help/,
    });
    t.is(error.status, 64);
  });
}

test("a flag that is almost right brings a suggestion", (t) => {
  t.throws(() => parseCommandLine(["--data-dri", "x"], "1.2.3"), { message: /Did you mean --data-dir/ });
});

test("each flag has its variable", (t) => {
  t.is(environmentName("snapshot-log-bytes"), "KVRAFTD_SNAPSHOT_LOG_BYTES");
});
