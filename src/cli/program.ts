/**
 * The grammar of the command line: global options, commands and help. Nothing is carried out here.
 */
import { Command } from "commander";
import { EXIT } from "../base/exit-status.js";
import { COMMANDS, type CommandTable, namesIn } from "./command-table.js";
import type { Invocation } from "./invocation.js";
import { DEFAULTS } from "./settings.js";

const EXAMPLES = `Examples:
  kvraft playground                        a whole cluster here, until Ctrl-C
  kvraft put greeting hello
  kvraft get greeting
  tar c notes | kvraft put backup/notes    bytes from stdin, exactly
  kvraft scan --prefix backup/ --keys-only
  kvraft -e 10.0.0.1:6840,10.0.0.2:6840 status
`;

const STATUSES = `
Exit status:
  ${EXIT.done}   done
  ${EXIT.absent}   get, delete, explain: there is no such key
  ${EXIT.usage}  usage: the command line is wrong
  ${EXIT.data}  data: a key or value that cannot be accepted
  ${EXIT.unavailable}  no leader, or nobody reachable: definitely not done
  ${EXIT.bug}  a bug in kvraft
  ${EXIT.io}  a file, stdin or stdout failed
  ${EXIT.unknown}  outcome unknown: a write may take effect or not
  ${EXIT.denied}  denied
  ${EXIT.configuration}  configuration file or environment
  ${EXIT.interrupted} interrupted

Where an option is not given: KVRAFT_ENDPOINTS, KVRAFT_TIMEOUT, KVRAFT_OUTPUT,
KVRAFT_CONTEXT, then the configuration files, see kvraft.toml(5).
kvraft config show --origin tells which it was.
`;

export interface ProgramOptions {
  readonly version: string;
  /** Takes what help and version print. */
  readonly say: (text: string) => void;
  /** Default: all there are. */
  readonly commands?: CommandTable;
}

/** The grammar for these arguments. Where it does not understand them it throws CommanderError. */
export async function buildProgram(
  argv: readonly string[],
  invocation: Invocation,
  { version, say, commands = COMMANDS }: ProgramOptions,
): Promise<Command> {
  const program = new Command("kvraft")
    .description("Talks to a kvraft cluster: a fault-tolerant, linearizable key/value service.")
    .usage("[options] COMMAND")
    .option(
      "-e, --endpoints <HOST:PORT,…>",
      `members to ask; one that answers is enough (default: ${DEFAULTS.endpoints})`,
    )
    .option("--context <NAME>", "the settings of that name in the configuration file")
    .option("--timeout <DURATION>", `bounds the whole command (default: ${DEFAULTS.timeout})`)
    .option("-o, --output <text|json>", `form of the output (default: ${DEFAULTS.output})`)
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [COMMAND]", "print help of a command")
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("before", EXAMPLES)
    .addHelpText("afterAll", STATUSES)
    .exitOverride()
    .configureOutput({ writeOut: say, writeErr: say, outputError: () => {} });
  for (const name of namesIn(argv, commands)) (await commands[name]?.())?.define(program, invocation);
  for (const command of program.commands) {
    // Who was mistaken about a command is sent to the help of that one.
    command.exitOverride((error) => {
      throw Object.assign(error, { command: command.name() });
    });
  }
  return program;
}
