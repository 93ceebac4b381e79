/** Where the XDG base directory specification has the tool keep its files, and how they come about. */
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

const DEFAULTS = {
  XDG_CONFIG_HOME: ".config",
  XDG_STATE_HOME: ".local/state",
  XDG_CACHE_HOME: ".cache",
} as const;

/** The tool's own directory under the one that `variable` names. */
export function xdgDirectory(
  environment: Readonly<Record<string, string | undefined>>,
  variable: keyof typeof DEFAULTS,
): string {
  const base = environment[variable];
  // The specification has relative paths ignored.
  return join(base && isAbsolute(base) ? base : join(homedir(), DEFAULTS[variable]), "kvraft");
}

/** Makes a directory of {@link xdgDirectory}, for its owner alone. False: it would lie in a home that is not there, which is never made. */
export function makeXdgDirectory(directory: string): boolean {
  const home = homedir();
  if (directory.startsWith(join(home, "/")) && !existsSync(home)) return false;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return true;
}
