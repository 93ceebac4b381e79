import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gone when the test is over. */
export async function temporaryDirectory(t: { teardown(run: () => unknown): void }): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "kvraft-cli-"));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
