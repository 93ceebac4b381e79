/**
 * What `bin/kvraft.js` calls. Built into one file (package.json, `bundle`) with the commands that are over in a moment: to load
 * them module by module would take longer than all that they do. For everything else the modules themselves are loaded,
 * and nothing of the bundle is used, so that no class exists twice in one run.
 */
import { main } from "./main.js";
import { isShort } from "./program.js";

/** Not a literal where it is imported: it stays outside of the bundle. */
const MODULES = "./main.js";

/** Runs one command and sets the exit status of the process. */
export async function launch(decodedArguments: readonly string[]): Promise<void> {
  if (isShort(decodedArguments)) return await main(decodedArguments);
  const modules = (await import(MODULES)) as { readonly main: typeof main };
  await modules.main(decodedArguments);
}
