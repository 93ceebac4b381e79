/** The matrix as tables: what was reached, how long it took, and what it cost. */
import type { Measurement } from "./matrix.js";
import { MARKS, type Marks } from "./rows.js";
import { formatSpread, spreadOf } from "./statistics.js";
import type { SystemName } from "./system.js";
import type { Table } from "./table.js";

type Figure = "perSecond" | "p50Ms" | "p99Ms" | "serverMicrosPerOperation" | "clientMicrosPerOperation";

/** Nothing measured: no tables. */
export function matrixTables(measurements: readonly Measurement[]): readonly Table[] {
  if (measurements.length === 0) return [];
  const rows = [...new Set(measurements.map(({ row }) => row))].map(
    (row) => new RowResults(row, measurements),
  );
  return [throughputTable(rows), latencyTable(rows), costTable(rows)];
}

function throughputTable(rows: readonly RowResults[]): Table {
  return {
    title: "Operations a second: median (least-greatest); the ratio is that of each round",
    header: ["", "kvraft", "etcd", "kvraft / etcd", "mark", "met", "errors", "disturbed"],
    rows: rows.map((row) => {
      const ratios = row.ratios("perSecond");
      return [
        row.name,
        ...row.both("perSecond"),
        formatSpread(ratios),
        ...judged(ratios, { atLeast: row.marks.ratio }),
        String(row.errors),
        `${row.disturbed} of ${row.count}`,
      ];
    }),
  };
}

function latencyTable(rows: readonly RowResults[]): Table {
  return {
    title: "Latency, ms",
    header: ["", "kvraft p50", "etcd p50", "kvraft p99", "etcd p99", "p99 kvraft / etcd", "mark", "met"],
    rows: rows.map((row) => {
      const ratios = row.ratios("p99Ms");
      const figures = [...row.both("p50Ms"), ...row.both("p99Ms"), formatSpread(ratios)];
      return [row.name, ...figures, ...judged(ratios, { atMost: row.marks.p99Ratio })];
    }),
  };
}

function costTable(rows: readonly RowResults[]): Table {
  return {
    title: "Processor time of one operation, us: all members together, and the load generator",
    header: ["", "kvraft servers", "etcd servers", "mark", "met", "kvraft client", "etcd client"],
    rows: rows.map((row) => [
      row.name,
      ...row.both("serverMicrosPerOperation"),
      ...judged(row.of("kvraft", "serverMicrosPerOperation"), { atMost: row.marks.serverMicros }),
      ...row.both("clientMicrosPerOperation"),
    ]),
  };
}

/** The columns "mark" and "met", of the median. */
function judged(
  values: readonly number[],
  { atLeast, atMost }: { readonly atLeast?: number | undefined; readonly atMost?: number | undefined },
): [string, string] {
  const median = spreadOf(values)?.median;
  if (atLeast !== undefined) return [`>= ${atLeast}`, met(median, (value) => value >= atLeast)];
  if (atMost !== undefined) return [`<= ${atMost}`, met(median, (value) => value <= atMost)];
  return ["", ""];
}

function met(median: number | undefined, holds: (value: number) => boolean): string {
  if (median === undefined) return "-";
  return holds(median) ? "yes" : "NO";
}

/** All measurements of one row. */
class RowResults {
  readonly name: string;
  readonly marks: Marks;
  readonly #measurements: readonly Measurement[];

  constructor(name: string, measurements: readonly Measurement[]) {
    this.name = name;
    this.marks = MARKS[name] ?? {};
    this.#measurements = measurements.filter(({ row }) => row === name);
  }

  get count(): number {
    return this.#measurements.length;
  }

  get disturbed(): number {
    return this.#measurements.filter(({ disturbed }) => disturbed).length;
  }

  get errors(): number {
    return this.#measurements.reduce((sum, { errors }) => sum + errors, 0);
  }

  of(system: SystemName, figure: Figure): readonly number[] {
    return this.#measurements.filter((one) => one.system === system).map((one) => one[figure]);
  }

  both(figure: Figure): [string, string] {
    return [formatSpread(this.of("kvraft", figure)), formatSpread(this.of("etcd", figure))];
  }

  /** kvraft's figure in etcd's, of each round that has both. */
  ratios(figure: Figure): readonly number[] {
    return this.#measurements
      .filter(({ system }) => system === "kvraft")
      .flatMap((ours) => {
        const theirs = this.#measurements.find(
          ({ round, system }) => round === ours.round && system === "etcd",
        );
        return theirs === undefined ? [] : [ours[figure] / theirs[figure]];
      });
  }
}
