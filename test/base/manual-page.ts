/** The manual pages as tests read them: their source, section by section. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const DIRECTORY = new URL("../../../man/", import.meta.url);

/** Absolute paths of all of them. */
export function manualPages(): readonly string[] {
  return readdirSync(DIRECTORY).map((name) => fileURLToPath(new URL(name, DIRECTORY)));
}

/** `name` as in "kvraft.1". An escaped backslash is one backslash, as a reader sees it. */
export function manualPage(name: string): string {
  return readFileSync(new URL(name, DIRECTORY), "utf8").replaceAll("\\e", "\\");
}

/** What stands under a heading; empty where there is none of that name. */
export function sectionOf(source: string, heading: string): string {
  return source.split(`\n.Sh ${heading}\n`)[1]?.split("\n.Sh ")[0] ?? "";
}

/** The entries `.It Va KEY Pq TYPE` of a section: their texts by key. */
export function keysOf(section: string): ReadonlyMap<string, string> {
  const entries = section.split(/\n\.It Va /).slice(1);
  return new Map(entries.map((entry) => [/^\S+/.exec(entry)?.[0] ?? "", entry.split("\n.El")[0] ?? ""]));
}

/** Displays that are to be typed as they stand. */
export function literalsOf(section: string): readonly string[] {
  return Array.from(section.matchAll(/\n\.Bd -literal.*\n([\s\S]*?)\n\.Ed/g), (match) => match[1] ?? "");
}
