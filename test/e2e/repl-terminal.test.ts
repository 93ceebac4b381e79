/** `kvraft repl` as a person has it: on a terminal. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { Cluster, type Daemon } from "./cluster.js";
import { KVRAFT, temporaryDirectory } from "./processes.js";
import { HAS_TMUX, PseudoTerminal } from "./pseudo-terminal.js";

const onTerminal = HAS_TMUX ? test : test.skip;
if (!HAS_TMUX) console.log("repl on a terminal: skipped, there is no tmux");

interface Session {
  readonly terminal: PseudoTerminal;
  readonly member: Daemon;
  readonly history: string;
}

/** With a cluster of one, which is called n1. */
async function session(t: ExecutionContext): Promise<Session> {
  const cluster = await Cluster.start(t, { members: 1 });
  const [member] = cluster.members;
  if (member === undefined) throw new Error("there is no member");
  await cluster.leader();
  const state = await temporaryDirectory(t);
  const environment = { KVRAFT_ENDPOINTS: member.client, XDG_STATE_HOME: state, XDG_CACHE_HOME: state };
  const terminal = await PseudoTerminal.start(t, [process.execPath, KVRAFT, "repl"], environment);
  await terminal.shows(/^n1> $|^n1>$/m);
  return { terminal, member, history: join(state, "kvraft/history") };
}

onTerminal("lines are edited, completed and kept; an error is told and the shell goes on", async (t) => {
  const { terminal, history } = await session(t);
  await terminal.type("put greeting hello", "Enter");
  await terminal.type("get nothing", "Enter");
  await terminal.shows(/kvraft: there is no key "nothing"\nn1>/);
  await terminal.type("gte", "Enter");
  await terminal.shows(/unknown command 'gte' \(Did you mean get\?\)/);
  await terminal.type("ge", "Tab");
  await terminal.shows(/n1> get$/);
  await terminal.type("gr", "Tab");
  await terminal.shows(/n1> get greeting$/);
  await terminal.type("Enter");
  await terminal.shows(/^hello\nn1>/m);
  await terminal.type("status", "Enter");
  await terminal.shows(/^n1 +leader .*\nn1>/ms);
  await terminal.type("garbage", "C-c", "Up", "Up", "Up");
  await terminal.shows(/garbage\^C\nn1> gte$/);
  await terminal.type("C-c", "exit", "Enter");
  await terminal.shows(/ended with 0/);
  t.is(await readFile(history, "utf8"), "put greeting hello\nget nothing\ngte\nget greeting\nstatus\nexit\n");
  t.is((await stat(history)).mode & 0o777, 0o600);
});

onTerminal("a value is typed up to Ctrl-D, and Ctrl-D on an empty line ends the shell", async (t) => {
  const { terminal, history } = await session(t);
  await terminal.type("put k -", "Enter");
  await terminal.type("one", "Enter");
  await terminal.type("two", "Enter");
  await terminal.shows(/put k -\none\ntwo/);
  await terminal.type("C-d");
  await terminal.shows(/two\n+n1>/);
  await terminal.type("get k", "Enter");
  await terminal.shows(/get k\none\ntwo\n\nn1>/);
  await terminal.type("C-d");
  await terminal.shows(/ended with 0/);
  t.is(await readFile(history, "utf8"), "put k -\nget k\n");
});

onTerminal("Ctrl-C during a write tells that its outcome is unknown, and resume finishes it", async (t) => {
  const { terminal, member } = await session(t);
  await terminal.type("put k v", "Enter");
  await terminal.type("get k", "Enter");
  await terminal.shows(/^v\nn1>/m);
  member.signal("SIGSTOP");
  await terminal.type("append k w", "Enter");
  await terminal.shows(/append k w$/);
  await terminal.type("C-c");
  const said = await terminal.shows(/the outcome of append "k" is unknown.*kvraft resume \S+, which/s);
  member.signal("SIGCONT");
  await terminal.type(`kvraft resume ${/kvraft resume (\S+),/.exec(said)?.[1]}`, "Enter");
  await terminal.shows(/append "k": done/);
  await terminal.type("get k", "Enter");
  await terminal.shows(/^vw\n/m);
  t.pass();
});
