/**
 * The grammar of the command line: global options, commands and help. Nothing is carried out here.
 */
import { Command } from "commander";
import { EXIT } from "../base/exit-status.js";
import { defineAppend } from "./commands/append.js";
import { defineDelete } from "./commands/delete.js";
import { defineGet } from "./commands/get.js";
import { definePlayground } from "./commands/playground.js";
import { definePut } from "./commands/put.js";
import { defineScan } from "./commands/scan.js";
import { defineStatus } from "./commands/status.js";
import type { Invocation } from "./invocation.js";
import { DEFAULTS } from "./settings.js";

const EXAMPLES = `Examples:
  kvraft playground                        a whole cluster on this machine, until Ctrl-C
  kvraft put greeting hello
  kvraft get greeting
  tar c notes | kvraft put backup/notes    bytes from stdin, exactly
  kvraft scan --prefix backup/ --keys-only
  kvraft -e 10.0.0.1:6840,10.0.0.2:6840 status
`;

const STATUSES = `
Exit status:
  ${EXIT.done}   done
  ${EXIT.absent}   get, delete: there is no such key
  ${EXIT.usage}  usage: the command line is wrong
  ${EXIT.data}  data: a key or value that cannot be accepted
  ${EXIT.unavailable}  no leader, or nobody reachable: definitely not done
  ${EXIT.bug}  a bug in kvraft
  ${EXIT.io}  a file, stdin or stdout failed
  ${EXIT.unknown}  outcome unknown: a write may take effect or not
  ${EXIT.denied}  denied
  ${EXIT.configuration}  configuration file or environment
  ${EXIT.interrupted} interrupted

Environment:
  KVRAFT_ENDPOINTS, KVRAFT_TIMEOUT, KVRAFT_OUTPUT stand for the options of those names; options go before.
  Next comes $XDG_CONFIG_HOME/kvraft/config.toml (else ~/.config/…), with the keys endpoints, timeout, output.
`;

/** `say` takes what help and version print on stdout; errors come as CommanderError. */
export function buildProgram(
  invocation: Invocation,
  options: { readonly version: string; readonly say: (text: string) => void },
): Command {
  const program = new Command("kvraft")
    .description("Talks to a kvraft cluster: a fault-tolerant, linearizable key/value service.")
    .usage("[options] COMMAND")
    .option(
      "-e, --endpoints <HOST:PORT,…>",
      `members to ask; one that answers is enough (default: ${DEFAULTS.endpoints})`,
    )
    .option("--timeout <DURATION>", `bounds the whole command (default: ${DEFAULTS.timeout})`)
    .option("-o, --output <text|json>", `form of the output (default: ${DEFAULTS.output})`)
    .version(options.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .addHelpText("before", EXAMPLES)
    .addHelpText("afterAll", STATUSES)
    .exitOverride()
    .configureOutput({ writeOut: options.say, writeErr: options.say, outputError: () => {} });
  definePut(program, invocation);
  defineAppend(program, invocation);
  defineGet(program, invocation);
  defineDelete(program, invocation);
  defineScan(program, invocation);
  defineStatus(program, invocation);
  definePlayground(program, invocation);
  return program;
}
