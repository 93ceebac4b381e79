/**
 * The load generator, a process of its own: one {@link LoadJob} as JSON on the command line, one LoadResult on
 * stdout, or an error and exit status 1.
 *
 * Both thin clients are this repository's, and both are built alike: requests are written by hand into memory that leaves
 * with one write a connection and turn, replies are read where they lie. What an operation costs the client is measured
 * and printed beside what it costs the servers.
 */
import { checkClient } from "./check.js";
import type { LoadJob } from "./job.js";
import { runLoad } from "./load.js";

try {
  const job = JSON.parse(process.argv[2] ?? "") as LoadJob;
  await checkClient(job);
  process.stdout.write(`${JSON.stringify(await runLoad(job))}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
