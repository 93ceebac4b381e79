/** Pass rates as a table, for a terminal or for Markdown. Pure text. */

export interface Row {
  readonly suite: string;
  readonly scenario: string;
  readonly passed: number;
  readonly seeds: number;
  /** Of processor time for one run. */
  readonly meanCpuMs: number;
  readonly worstCpuMs: number;
}

const TITLES = ["suite", "scenario", "passed", "CPU ms", "worst"] as const;

/** Lines of one width: `widest` holds the longest text of each column that is still to come. */
export class Table {
  readonly #widths: readonly number[];
  readonly #markdown: boolean;

  constructor(options: { readonly widest: readonly Row[]; readonly markdown: boolean }) {
    const rows = [TITLES, ...options.widest.map(cells)];
    this.#widths = TITLES.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
    this.#markdown = options.markdown;
  }

  get head(): readonly string[] {
    const head = this.#line(TITLES);
    if (!this.#markdown) return [head];
    const rules = this.#widths.map((width, column) => "-".repeat(width - 1) + (isNumber(column) ? ":" : "-"));
    return [head, this.#line(rules)];
  }

  row(row: Row): string {
    return this.#line(cells(row));
  }

  #line(texts: readonly string[]): string {
    const padded = texts.map((text, column) => {
      const width = this.#widths[column] ?? 0;
      return isNumber(column) ? text.padStart(width) : text.padEnd(width);
    });
    return this.#markdown ? `| ${padded.join(" | ")} |` : padded.join("  ");
  }
}

/** The last line: what all rows come to. */
export function totalLine(rows: readonly Row[], tookMs: number): string {
  const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const passed = sum((row) => row.passed);
  const runs = sum((row) => row.seeds);
  const cpuSeconds = sum((row) => row.meanCpuMs * row.seeds) / 1000;
  const seconds = (tookMs / 1000).toFixed(1);
  return `${passed} of ${runs} runs of ${rows.length} scenarios passed, in ${seconds} s (${cpuSeconds.toFixed(1)} s of CPU)`;
}

function cells({ suite, scenario, passed, seeds, meanCpuMs, worstCpuMs }: Row): readonly string[] {
  return [suite, scenario, `${passed}/${seeds}`, meanCpuMs.toFixed(0), worstCpuMs.toFixed(0)];
}

function isNumber(column: number): boolean {
  return column >= 2;
}
