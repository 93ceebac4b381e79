/** `kvraft completion bash|zsh|fish` */
import { Argument, type Command } from "commander";
import { COMPLETION_SCRIPTS, type Shell } from "../completion/scripts.js";
import type { Invocation } from "../invocation.js";

const EXAMPLES = `Examples:
  source <(kvraft completion bash)         in ~/.bashrc
  source <(kvraft completion zsh)          in ~/.zshrc
  kvraft completion fish | source          in ~/.config/fish/config.fish
`;

export function define(program: Command, invocation: Invocation): void {
  program
    .command("completion")
    .summary("print what makes a shell complete commands, options and keys")
    .description("Prints what makes a shell complete commands, options and keys.")
    .addArgument(new Argument("<shell>").choices(Object.keys(COMPLETION_SCRIPTS)))
    .addHelpText("before", EXAMPLES)
    .action(async (shell: Shell) => {
      await invocation.output.write(COMPLETION_SCRIPTS[shell]);
    });
}
