/**
 * What members say of themselves, as a table for people and as JSON for programs.
 */
import type { MemberReport } from "../clerk/status-query.js";
import { jsonDocument } from "./format.js";

interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  readonly cell: (member: MemberReport) => string;
  /** Known of a member that did not answer, too. */
  readonly alwaysKnown?: true;
}

const COLUMNS: readonly Column[] = [
  { title: "ID", align: "left", cell: (member) => member.id || "?", alwaysKnown: true },
  { title: "ROLE", align: "left", cell: (member) => member.role },
  { title: "TERM", align: "right", cell: (member) => String(member.term) },
  { title: "LEADER", align: "left", cell: (member) => member.leader || "none" },
  { title: "LAST", align: "right", cell: (member) => String(member.lastIndex) },
  { title: "COMMIT", align: "right", cell: (member) => String(member.commitIndex) },
  { title: "APPLIED", align: "right", cell: (member) => String(member.appliedIndex) },
  { title: "SNAPSHOT", align: "right", cell: (member) => String(member.snapshotIndex) },
  { title: "LOG", align: "right", cell: (member) => formatSize(member.logBytes) },
  { title: "CLIENT", align: "left", cell: (member) => member.client || "?", alwaysKnown: true },
  { title: "PEER", align: "left", cell: (member) => member.peer || "?", alwaysKnown: true },
];
const ERROR_COLUMN: Column = {
  title: "ERROR",
  align: "left",
  cell: (member) => member.error ?? "",
  alwaysKnown: true,
};

/** The heading and one line a member, columns aligned, without newlines. */
export function statusLines(members: readonly MemberReport[]): string[] {
  const columns = members.some(failed) ? [...COLUMNS, ERROR_COLUMN] : COLUMNS;
  const rows = [
    columns.map((column) => column.title),
    ...members.map((member) =>
      columns.map((column) => (failed(member) && !column.alwaysKnown ? "-" : column.cell(member))),
    ),
  ];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) =>
        columns[at]?.align === "right" ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}

export function statusTable(members: readonly MemberReport[]): string {
  return `${statusLines(members).join("\n")}\n`;
}

/** Indexes are text: in other languages they may exceed what a JSON number holds. */
export function statusJson(members: readonly MemberReport[]): string {
  return jsonDocument({
    members: members.map((member) => ({
      id: member.id,
      role: member.role,
      term: member.term,
      leader: member.leader,
      lastIndex: String(member.lastIndex),
      commitIndex: String(member.commitIndex),
      appliedIndex: String(member.appliedIndex),
      snapshotIndex: String(member.snapshotIndex),
      logBytes: member.logBytes,
      client: member.client,
      peer: member.peer,
      ...(failed(member) ? { error: member.error } : {}),
    })),
  });
}

/** It did not answer: only its name and addresses are known. */
export function failed(member: MemberReport): boolean {
  return member.error !== undefined;
}

function formatSize(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let size = bytes;
  while (size >= 1024 && units.length > 1) {
    size /= 1024;
    units.shift();
  }
  return units[0] === "B" ? `${size} B` : `${size.toFixed(1)} ${units[0]}`;
}
