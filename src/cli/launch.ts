/**
 * What `bin/kvraft.js` calls. Built into one file (scripts/bundle.js) with the commands that are over in a moment: to load them
 * module by module would take longer than all that they do. For everything else the modules themselves are loaded,
 * and nothing of the bundle is used, so that no class exists twice in one run.
 */
import { isShort } from "./command-table.js";
import { main } from "./main.js";

/** Runs one command and sets the exit status of the process. `loadModules` gives this folder's main.js from outside of the bundle. */
export async function launch(
  decodedArguments: readonly string[],
  loadModules: () => Promise<{ readonly main: typeof main }>,
): Promise<void> {
  const modules = isShort(decodedArguments) ? { main } : await loadModules();
  await modules.main(decodedArguments);
}
