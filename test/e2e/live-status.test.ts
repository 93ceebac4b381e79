import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { Cluster } from "./cluster.js";
import { eventually, KVRAFT, temporaryDirectory } from "./processes.js";
import { HAS_TMUX, PseudoTerminal } from "./pseudo-terminal.js";
import { ToolSuite } from "./tool-suite.js";

const suite = new ToolSuite();
let cluster: Cluster;

test.before(async () => {
  cluster = await suite.begin();
});

test.after.always(() => suite.end());

const onTerminal = HAS_TMUX ? test : test.skip;
/** One after the other, those that do something to the cluster. */
const byItself = HAS_TMUX ? test.serial : test.serial.skip;
if (!HAS_TMUX) console.log("the live view on a terminal: skipped, there is no tmux");

interface View {
  readonly terminal: PseudoTerminal;
  /** Sends a signal to the tool. */
  readonly signal: (signal: NodeJS.Signals) => void;
}

/** In a shell's terminal that showed something before. */
async function openView(t: ExecutionContext, { args = "", node = "", environment = {} } = {}): Promise<View> {
  const shell = { PS1: "prompt> ", ...environment };
  const terminal = await PseudoTerminal.start(t, ["sh", "-i"], shell, { columns: 120, rows: 24 });
  const pidFile = join(await temporaryDirectory(t), "pid");
  await terminal.shows(/^prompt>$/m);
  await terminal.type("seq 100; echo what was before", "Enter");
  await terminal.shows(/^what was before\nprompt>$/m);
  const command = `${process.execPath} ${node} ${KVRAFT} -e ${suite.endpoints.join(",")} status ${args}`;
  await terminal.type(`sh -c 'echo $$ > ${pidFile}; exec ${command}'; echo it ended with $?`, "Enter");
  await terminal.shows(/quorum +3 of 3 up, 1 may fail/, /n\d +[●*] leader/);
  const pid = Number(await readFile(pidFile, "utf8"));
  return { terminal, signal: (signal) => void process.kill(pid, signal) };
}

/** The shell's screen is there as it was, with its cursor, echo and lines, and what the view left below it. */
async function assertRestored(t: ExecutionContext, terminal: PseudoTerminal, said: RegExp): Promise<void> {
  const text = await terminal.shows(/^what was before$/m, said);
  t.notRegex(text, /quorum/);
  t.deepEqual(await terminal.modes(), { isAlternate: false, hasCursor: true });
  await terminal.type("stty -a | tr ' ;' '\\n\\n' | grep -cx -e echo -e icanon -e isig", "Enter");
  await terminal.shows(/^3$/m);
}

byItself(
  "a member is killed and another leads, help, a smaller terminal, and the old screen at the end",
  async (t) => {
    const { terminal } = await openView(t);
    const leader = await cluster.leader();
    await terminal.shows(new RegExp(`leader +● ${leader.id} · term`), new RegExp(`${leader.id} +● leader`));
    await leader.end("SIGKILL");
    const successor = `(?!${leader.id})n\\d`;
    await terminal.shows(
      new RegExp(`${leader.id} +✗ down.*\\n +refused the connection · shown as of`),
      new RegExp(`leader +● ${successor} · term`),
      new RegExp(`${successor} +● leader`),
      /quorum +2 of 3 up, no more may fail/,
    );
    await terminal.type("e");
    await terminal.shows(new RegExp(`${successor} +won +(connection to leader lost|timeout)`));
    await terminal.type("m");
    await terminal.shows(/hears +n1 +n2 +n3/, /✗ \d/, new RegExp(`${leader.id}.* \\?`));
    await terminal.type("m");
    await leader.start();
    await terminal.shows(/quorum +3 of 3 up, 1 may fail/);
    await terminal.resize(60, 16);
    const small = await terminal.shows(/^kvraft.{1,45}every 1 s$/m, /^ {2}MEMBER +ROLE +LAG +HEARD +RTT$/m);
    t.true(small.split("\n").every((line) => line.length <= 60));
    await terminal.resize(120, 30);
    await terminal.shows(/FSYNC P99 .* VERSION/);
    await terminal.type("?");
    await terminal.shows(/q +quit; Ctrl-C does as well/);
    await terminal.type("Escape");
    await terminal.shows(/MEMBER +ROLE/);
    await terminal.type("q");
    await assertRestored(t, terminal, /^it ended with 0$/m);
    t.regex(await terminal.history(), /^1\n2\n3\n/m, "what had been scrolled away is still there");
  },
);

byItself("a member that is stopped delays nothing", async (t) => {
  const { terminal } = await openView(t);
  const [stopped] = await cluster.followers();
  stopped?.signal("SIGSTOP");
  t.teardown(() => stopped?.signal("SIGCONT"));
  await terminal.shows(/did not answer within 1 s · shown as of/, /✗ down/, /quorum +2 of 3 up/);
  const index = async () => Number(/index ([\d,]+)/.exec(await terminal.screen())?.[1]?.replaceAll(",", ""));
  const before = await index();
  t.is((await suite.run(["put", "while", "stopped"])).status, 0);
  await eventually("the commit index moves on", async () => ((await index()) > before ? true : null));
  stopped?.signal("SIGCONT");
  await terminal.shows(/quorum +3 of 3 up, 1 may fail/);
  await terminal.type("C-c");
  await assertRestored(t, terminal, /^it ended with 0$/m);
});

byItself("leadership is transferred, with leave and after a yes", async (t) => {
  const { terminal } = await openView(t, { args: "--allow-actions" });
  const followers = await cluster.followers();
  const to = followers[0]?.id ?? "";
  await terminal.shows(/▸ n1/);
  for (let at = 1; at < Number(to.slice(1)); at++) await terminal.type("Down");
  await terminal.shows(new RegExp(`▸ ${to} `));
  await terminal.type("t");
  await terminal.shows(new RegExp(`^make ${to} the leader\\? y/N`, "m"));
  await terminal.type("y");
  await terminal.shows(new RegExp(`^${to} leads in term \\d+`, "m"), new RegExp(`${to} +● leader`));
  t.is((await cluster.leader()).id, to);
  await terminal.type("q");
  await assertRestored(t, terminal, /^it ended with 0$/m);
});

onTerminal("suspended, it gives the terminal back; continued, it takes it again", async (t) => {
  const { terminal } = await openView(t);
  await terminal.type("C-z");
  await assertRestored(t, terminal, /Stopped/);
  await terminal.type("fg", "Enter");
  await terminal.shows(/quorum +3 of 3 up/, /q quit/);
  await terminal.type("m");
  await terminal.shows(/hears +n1/);
  await terminal.type("q");
  await assertRestored(t, terminal, /^prompt>$/m);
});

for (const [signal, status] of [
  ["SIGTERM", 143],
  ["SIGHUP", 129],
  ["SIGINT", 130],
] as const) {
  onTerminal(`${signal} ends it and leaves the terminal as it was`, async (t) => {
    const { terminal, signal: send } = await openView(t);
    send(signal);
    await assertRestored(t, terminal, new RegExp(`^it ended with ${status}$`, "m"));
  });
}

onTerminal("a crash leaves the terminal as it was, and says what happened there", async (t) => {
  const crash = 'data:text/javascript,process.on("SIGUSR2",()=>{throw(new(Error)("on_purpose"))})';
  const { terminal, signal } = await openView(t, { node: `--import "${crash.replaceAll('"', '\\"')}"` });
  signal("SIGUSR2");
  await assertRestored(
    t,
    terminal,
    /^kvraft: this is a bug in kvraft[\s\S]*on_purpose[\s\S]*^it ended with 70$/m,
  );
});

onTerminal("without colours and UTF-8 where they are not wanted, with them elsewhere", async (t) => {
  const colour = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*(3[1-8]|9[1-7])[;m]`);
  const { terminal } = await openView(t);
  t.regex(await terminal.styledScreen(), colour);
  const plain = await openView(t, { environment: { LC_ALL: "C", NO_COLOR: "1" } });
  const text = await plain.terminal.styledScreen();
  t.notRegex(text, colour);
  t.regex(text, /n\d +\* leader/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII is looked for.
  t.notRegex(text, /[^\x00-\x7f]/);
});

test.serial(
  "--watch prints a table or a document a tick, until it is interrupted or nobody reads",
  async (t) => {
    const times: string[] = [];
    const json = await suite.run(["status", "--watch", "100ms", "-o", "json"], {
      during: (child) => {
        child.stdout?.on("data", (chunk: Buffer) => {
          times.push(...chunk.toString().trimEnd().split("\n"));
          if (times.length >= 3) child.kill("SIGINT");
        });
      },
    });
    t.is(json.status, 130);
    for (const line of times) t.like(JSON.parse(line), { version: 1, members: { length: 3 } });
    t.true(new Set(times.map((line) => JSON.parse(line).time)).size >= 3);
    const text = await suite.run(["status", "--watch", "100ms"], { shell: "| head -n 6" });
    t.is(text.status, 0);
    t.is(text.stderr, "");
    t.regex(text.stdout.toString(), /^\d{4}-\d\d-\d\dT[^\n]*Z\nID +ROLE .*\nn1 .*\nn2 .*\nn3 .*\n\n$/);
  },
);

test("status refuses intervals that are none", async (t) => {
  for (const args of [
    ["--watch", "soon"],
    ["--watch", "0s"],
    ["--watch", "1s", "--once"],
  ]) {
    const { status, stderr } = await suite.run(["status", ...args]);
    t.is(status, 64);
    t.regex(stderr, /--watch/);
  }
});
