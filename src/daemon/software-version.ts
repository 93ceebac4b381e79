/** The version of the package that this is part of, for both programs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export function softwareVersion(): string {
  // As deep in the package as the bundles that this becomes part of.
  const manifest: unknown = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../../package.json"), "utf8"),
  );
  return (manifest as { readonly version: string }).version;
}
