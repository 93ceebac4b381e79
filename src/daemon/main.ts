/**
 * The daemon from its arguments to its exit status: configuration, the one member that it runs, signals, and the
 * faults that end it.
 */
import { join } from "node:path";
import { unreachable } from "../base/assert.js";
import { EXIT } from "../base/exit-status.js";
import { type Flags, parseCommandLine } from "./command-line.js";
import { type ConfigSources, readConfig } from "./config.js";
import { readConfigFile } from "./config-file.js";
import { exitStatusOf, failureText } from "./failure.js";
import { createLog, type Log } from "./logging.js";
import { type RunningMember, startMember } from "./member.js";
import { limitHeapGrowth, NODE_FLAGS } from "./node-flags.js";
import { reload } from "./reload.js";
import { handleSignals } from "./signals.js";
import { softwareVersion } from "./software-version.js";
import { takeInheritance } from "./systemd/inheritance.js";
import { isJournal, journalPrefix } from "./systemd/journal.js";
import { openSupervision } from "./systemd/open-supervision.js";
import { type Installation, unitText } from "./systemd/unit.js";
import { systemdVersion } from "./systemd/version.js";

/** From the first signal to the end of the process, whatever still hangs. */
const STOP_DEADLINE_MS = 9000;
/** From being ready to having caught up, nearly always. */
const CATCH_UP_MS = 5000;

export async function main(argv: readonly string[]): Promise<void> {
  // A reader of the ready line may go away when it has read it.
  process.stdout.on("error", () => {});
  try {
    const version = softwareVersion();
    const commandLine = parseCommandLine(argv, version);
    switch (commandLine.kind) {
      case "say":
        process.stdout.write(commandLine.text);
        return;
      case "unit":
        process.stdout.write(unitText(installation(), systemdVersion()));
        return;
      case "check":
        readConfig(readSources(commandLine.flags));
        return;
      case "run":
        await run(commandLine.flags, version);
        return;
      default:
        unreachable(commandLine);
    }
  } catch (error) {
    // What was opened before the fault may keep the event loop alive; nothing of it is needed.
    endSaying(error);
  }
}

function readSources(flags: Flags, passed: ReadonlyMap<string, string> = new Map()): ConfigSources {
  const { KVRAFTD_CONFIG } = process.env;
  const { config: path = KVRAFTD_CONFIG } = flags;
  return { passed, flags, environment: process.env, file: path ? readConfigFile(path) : null };
}

async function run(flags: Flags, version: string): Promise<void> {
  const { sockets, notify } = takeInheritance(process.env, process.pid);
  const passed = new Map(Array.from(sockets, ([name, { address }]) => [name, address]));
  const sources = readSources(flags, passed);
  const config = readConfig(sources);
  const log = createLog({ id: config.id, level: config.logLevel });
  const fatal = (error: unknown): never => {
    log.fatal(error);
    return endSaying(error);
  };
  // A rejected promise that nobody handles arrives here as well (PITFALLS 52).
  process.on("uncaughtException", fatal);
  const supervision = openSupervision(process.env, { notify, log: log.write });
  let member: RunningMember | null = null;
  handleSignals({
    stop: (reason) => {
      log.write("info", "stopping", { reason });
      // Before it is ready it has promised nothing to anybody.
      if (member === null) process.exit(EXIT.done);
      supervision?.stopping();
      void stop(member, log);
    },
    reload: () => {
      supervision?.reloading();
      reload({ running: sources, read: () => readSources(flags, passed), log });
      supervision?.reloaded();
    },
  });
  const onProgress = () => supervision?.recovering();
  const started = await startMember(config, { version, log: log.write, sockets, onProgress, fatal });
  member = started;
  setTimeout(limitHeapGrowth, CATCH_UP_MS).unref();
  supervision?.ready(() => started.vitals());
  const { clientAddress: client, peerAddress: peer, metricsAddress: metrics } = started;
  log.write("info", "ready", { version, client, peer, metrics });
  process.stdout.write(`kvraftd ${config.id} ready client=${client} peer=${peer}\n`);
}

function installation(): Installation {
  // The bundle and the module that it was made of lie in the same place.
  const kvraftd = join(import.meta.dirname, "../../../bin/kvraftd.js");
  return { node: process.execPath, kvraftd, nodeFlags: NODE_FLAGS };
}

/** The status stands even where the words cannot be written. */
function endSaying(error: unknown): never {
  try {
    const text = failureText(error);
    const { stderr, env } = process;
    stderr.write(isJournal(stderr.fd, env) ? text.replace(/^(?=.)/gm, journalPrefix("error")) : text);
  } finally {
    process.exit(exitStatusOf(error));
  }
}

async function stop(member: RunningMember, log: Log): Promise<never> {
  setTimeout(() => {
    log.write("warn", "stopping took too long");
    process.exit(EXIT.done);
  }, STOP_DEADLINE_MS);
  await member.stop();
  log.write("info", "stopped");
  process.exit(EXIT.done);
}
