/**
 * Measures kvraft, against etcd where there is one; `npm run bench -- --help` says what and how. Progress goes to
 * stderr, tables to stdout.
 */
import { EXIT } from "../../src/base/exit-status.js";
import { Bench } from "./bench.js";
import { runCurves } from "./curves/run.js";
import { etcdVersion } from "./etcd-cluster.js";
import { measureMatrix } from "./matrix.js";
import { matrixTables } from "./matrix-report.js";
import { HELP, type Options, parseOptions } from "./options.js";
import { SPECIALS } from "./special/all.js";
import { type Finding, findingsTable } from "./special/finding.js";
import type { SystemName } from "./system.js";
import { renderTable, type Table } from "./table.js";
import { Workshop } from "./workshop.js";

const options = readOptions();
if (options === "help") process.stdout.write(HELP);
else if (options !== null) await main(options);

function readOptions(): Options | "help" | null {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nTry --help\n`);
    process.exitCode = EXIT.usage;
    return null;
  }
}

async function main(options: Options): Promise<void> {
  const workshop = new Workshop();
  const bench = new Bench(options, systemsFor(options), workshop);
  try {
    if (options.matrix.length > 0) print(matrixTables(await measureMatrix(bench)), options);
    if (options.curves.length > 0) await runCurves(bench, (tables) => print(tables, options));
    const findings: Finding[] = [];
    for (const name of options.specials) findings.push(...(await SPECIALS[name](bench)));
    if (findings.length > 0) print([findingsTable(findings)], options);
  } finally {
    await workshop.close();
  }
}

function systemsFor({ only }: Options): readonly SystemName[] {
  if (only === "kvraft") return ["kvraft"];
  const etcd = etcdVersion();
  if (etcd !== null) process.stderr.write(`node ${process.version} against ${etcd}\n`);
  else if (only === "etcd") throw new Error("there is no etcd on PATH");
  else process.stderr.write("there is no etcd on PATH: kvraft alone is measured\n");
  if (only !== null) return [only];
  return etcd === null ? ["kvraft"] : ["kvraft", "etcd"];
}

function print(tables: readonly Table[], { style }: Options): void {
  for (const table of tables) process.stdout.write(`${renderTable(table, style)}\n`);
}
