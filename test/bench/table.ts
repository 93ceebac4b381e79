/** Tables as text, for a terminal or as Markdown. */

export interface Table {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export type TableStyle = "text" | "markdown";

/** Ends with a newline. The first column is aligned to the left, the others to the right. */
export function renderTable({ title, header, rows }: Table, style: TableStyle): string {
  const widths = header.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const lines = [header, ...rows].map((row) => cells(row, widths));
  if (style === "text")
    return `${title}\n${lines.map((line) => `  ${line.join("  ")}`.trimEnd()).join("\n")}\n`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  const [names = [], ...values] = lines;
  const table = [names, rule, ...values].map((line) => `| ${line.join(" | ")} |`);
  return `**${title}**\n\n${table.join("\n")}\n`;
}

function cells(row: readonly string[], widths: readonly number[]): string[] {
  return widths.map((width, column) => {
    const text = row[column] ?? "";
    return column === 0 ? text.padEnd(width) : text.padStart(width);
  });
}
