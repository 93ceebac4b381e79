import test from "ava";
import { kvraft } from "./processes.js";
import { ToolSuite } from "./tool-suite.js";

const suite = new ToolSuite();
const tool = suite.run.bind(suite);

test.after.always(() => suite.end());

/** `ok members`, as the lines begin. */
const verdicts = (text: Buffer) =>
  text
    .toString()
    .split("\n")
    .flatMap((line) => /^(ok|WARNING|TROUBLE) +(\S+( \S+)*) {2}/.exec(line)?.slice(1, 3).join(" ") ?? []);

test.serial("of a cluster that is well the doctor finds members, leader and contacts in order", async (t) => {
  const cluster = await suite.begin();
  const { status, stdout, stderr } = await tool(["doctor"]);
  t.is(stderr, "");
  // What depends on how busy this machine is may be a warning.
  for (const name of ["members", "leader", "who hears whom", "timeouts", "versions", "clock"])
    t.true(verdicts(stdout).includes(`ok ${name}`), stdout.toString());
  t.is(verdicts(stdout).length, 13);
  t.is(status, stdout.includes("TROUBLE") ? 69 : 0);
  const [, second, third] = cluster.members;
  await second?.end("SIGKILL");
  await third?.end("SIGKILL");
  const alone = await tool(["doctor", "-o", "json"]);
  t.is(alone.status, 69);
  const [members] = JSON.parse(alone.stdout.toString()).checks;
  t.like(members, { name: "members", verdict: "trouble" });
  t.regex(members.text, /1 of 3 answer, and a majority is 2: nothing can be written/);
});

test.serial("where nobody answers the doctor says whom it asked", async (t) => {
  const { status, stdout, stderr } = await kvraft(["-e", "127.0.0.1:9", "doctor"]);
  t.is(status, 69);
  t.is(stdout.length, 0);
  t.regex(
    stderr,
    /^kvraft: no member answers: 127.0.0.1:9 refused the connection\nkvraft: Try: -e HOST:PORT/,
  );
});
