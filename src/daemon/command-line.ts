/**
 * The daemon's command line: options and help out of the table of settings.
 */
import { Command, CommanderError } from "commander";
import { EXIT } from "../base/exit-status.js";
import { StartError } from "./failure.js";
import { SETTINGS } from "./settings.js";

const EXAMPLES = `Examples:
  kvraftd               a cluster of one on loopback, data in ./kvraft.data
  kvraftd --id n1 --data-dir /srv/n1 \\
      --listen-client 10.0.0.1:6840 --listen-peer 10.0.0.1:6841 \\
      --cluster n1=10.0.0.1:6841,n2=10.0.0.2:6841,n3=10.0.0.3:6841
`;

const NOTES = `
Where an option is not given: its environment variable (--data-dir:
KVRAFTD_DATA_DIR), then its key in the file that --config names
(data-dir = "…"), see kvraft.toml(5).

When it has recovered its log and listens on both ports it prints one line:
  kvraftd n1 ready client=127.0.0.1:6840 peer=127.0.0.1:6841
SIGTERM and SIGINT hand leadership on and end it within 10 s.
SIGHUP reads the configuration file again.

Exit status:
  ${EXIT.done}   ended by a signal
  ${EXIT.usage}  usage: the command line is wrong
  ${EXIT.unavailable}  a port is taken
  ${EXIT.bug}  a bug in kvraft
  ${EXIT.io}  storage: the disk failed or its data is damaged; says file and offset
  ${EXIT.denied}  a port may not be bound
  ${EXIT.configuration}  environment, configuration file, or a data directory in use or another's
`;

/** Texts by setting name; "config" too. */
export type Flags = Readonly<Record<string, string | undefined>>;

export type CommandLine =
  /** "check": only look whether it could run with them. */
  | { readonly kind: "run" | "check"; readonly flags: Flags }
  /** Print the systemd unit for this installation. */
  | { readonly kind: "unit" }
  /** Help or version, asked for. */
  | { readonly kind: "say"; readonly text: string };

/** @throws StartError 64 */
export function parseCommandLine(argv: readonly string[], version: string): CommandLine {
  let said = "";
  const program = new Command("kvraftd")
    .description("One member of a kvraft cluster.")
    .usage("[options] [check-config | unit --print]")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        said += text;
      },
      outputError: () => {},
    });
  for (const { name, placeholder, help, initial } of Object.values(SETTINGS)) {
    program.option(`--${name} <${placeholder}>`, initial === null ? help : `${help} (default: ${initial})`);
  }
  program.option("--config <FILE.toml>", "read settings from this file");
  const asked: { kind: "run" | "check" | "unit" } = { kind: "run" };
  program.action(() => {});
  program
    .command("check-config")
    .description("look whether flags, environment and configuration file make sense, and end")
    .action(() => {
      asked.kind = "check";
    });
  program
    .command("unit")
    .description("print a systemd unit for this installation, kvraftd@.service")
    .requiredOption("--print", "to stdout")
    .action(() => {
      asked.kind = "unit";
    });
  program.helpCommand(false);
  try {
    program.parse(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === EXIT.done) return { kind: "say", text: said };
    const message = error.message.replace(/^error: /, "").replace("\n", " ");
    throw new StartError(EXIT.usage, `${message}\nTry: kvraftd --help`);
  }
  const options: Readonly<Record<string, string | undefined>> = program.opts();
  const flags = program.options.map((option) => [option.name(), options[option.attributeName()]] as const);
  const { kind } = asked;
  return kind === "unit" ? { kind } : { kind, flags: Object.fromEntries(flags) };
}
