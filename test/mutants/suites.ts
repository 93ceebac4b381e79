/** The tests of the parts, run against a mutant: they would have noticed it too, or not. */
import { spawn } from "node:child_process";
import path from "node:path";
import { ROOT } from "./workshop.js";

/** Those that touch neither sockets nor processes. */
export const SUITES = ["raft", "kv", "server", "storage", "clerk"] as const;

const AVA = path.join(ROOT, "node_modules/ava/entrypoints/cli.mjs");

/** Those of `suites` that fail with what is built in `directory`. */
export async function failingSuites(directory: string, suites: readonly string[]): Promise<string[]> {
  const failing: string[] = [];
  for (const suite of suites) {
    const ava = spawn(
      process.execPath,
      [AVA, "--fail-fast", "--timeout=60s", `dist/test/${suite}/**/*.test.js`],
      {
        cwd: directory,
        stdio: "ignore",
        // On a build machine it keeps no record of failed tests; the modules that it would lie in are shared.
        env: { ...process.env, CI: "true" },
      },
    );
    const status = await new Promise<number | null>((resolve) => ava.once("exit", resolve));
    if (status !== 0) failing.push(suite);
  }
  return failing;
}
