/** Tables of lines: columns as wide as what is in them, of which the least important leave where there is no room for all. */
import { aligned, type Line, span, widthOf } from "./line.js";

export interface Column<Row> {
  readonly title: string;
  readonly align: "left" | "right";
  readonly cell: (row: Row) => Line;
  /** Narrower it never gets, so that columns stand still while numbers change. */
  readonly widthMin?: number;
  /** In which order columns leave: the greatest first; those without one stay. */
  readonly leaves?: number;
}

export interface Table {
  readonly heading: Line;
  /** One a row. */
  readonly lines: readonly Line[];
}

const GAP = span("  ");

export function layOut<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): Table {
  const all = columns.map((column) => measure(column, rows));
  const kept = fitting(all, width);
  const lines = rows.map((_, row) =>
    joined(kept.map(({ column, cells, width }) => aligned(cells[row] ?? [], width, column.align))),
  );
  const titles = kept.map(({ column, width }) => aligned([span(column.title, "faint")], width, column.align));
  return { heading: joined(titles), lines };
}

interface Measured<Row> {
  readonly column: Column<Row>;
  readonly cells: readonly Line[];
  readonly width: number;
}

function measure<Row>(column: Column<Row>, rows: readonly Row[]): Measured<Row> {
  const cells = rows.map(column.cell);
  const width = Math.max(column.title.length, column.widthMin ?? 0, ...cells.map(widthOf));
  return { column, cells, width };
}

function fitting<Row>(columns: readonly Measured<Row>[], width: number): readonly Measured<Row>[] {
  const total = columns.reduce((sum, column) => sum + column.width + GAP.text.length, -GAP.text.length);
  if (total <= width) return columns;
  const order = columns.map(({ column }) => column.leaves ?? 0);
  const next = Math.max(...order);
  if (next === 0) return columns;
  return fitting(
    columns.filter((_, at) => order[at] !== next),
    width,
  );
}

function joined(cells: readonly Line[]): Line {
  return cells.flatMap((cell, at) => (at === 0 ? cell : [GAP, ...cell]));
}
