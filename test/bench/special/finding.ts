/** What a measurement of its own has found: one line of the table. */
import { formatSpread, spreadOf } from "../statistics.js";
import type { SystemName } from "../system.js";
import type { Table } from "../table.js";

export interface Finding {
  readonly name: string;
  readonly unit: string;
  /** Repetitions by system; a system that was not measured is missing. */
  readonly values: Readonly<Partial<Record<SystemName, readonly number[]>>>;
  /** What kvraft has to reach; null: nothing was agreed. */
  readonly mark: Mark | null;
}

export interface Mark {
  readonly atMost: number;
  /** Of the repetitions: which of them is held against it. */
  readonly of: "median" | "worst";
}

export function findingsTable(findings: readonly Finding[]): Table {
  return {
    title: "On their own: median (least-greatest)",
    header: ["", "unit", "kvraft", "etcd", "mark", "met"],
    rows: findings.map(({ name, unit, values, mark }) => [
      name,
      unit,
      formatSpread(values.kvraft ?? []),
      formatSpread(values.etcd ?? []),
      mark === null ? "" : `${mark.of} <= ${mark.atMost}`,
      mark === null ? "" : verdict(values.kvraft ?? [], mark),
    ]),
  };
}

function verdict(values: readonly number[], { atMost, of }: Mark): string {
  const spread = spreadOf(values);
  if (spread === null) return "-";
  return (of === "worst" ? spread.greatest : spread.median) <= atMost ? "yes" : "NO";
}
