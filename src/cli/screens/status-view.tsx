/**
 * The live view of a cluster: the table of `kvraft status`, asked for again and again. It knows nothing of Clerks
 * or sockets; `poll` brings what it shows.
 */
import { Box, Text, useApp, useInput, useStdout } from "ink";
import { useEffect, useState } from "react";
import type { MemberReport } from "../../clerk/status-query.js";
import { failed, statusLines } from "../status-report.js";

export interface StatusViewProps {
  readonly poll: () => Promise<readonly MemberReport[]>;
  /** From one answer to the next question. */
  readonly intervalMs: number;
}

const ROWS_DEFAULT = 24;
/** A summary, the table's heading, an empty line and the line of keys. */
const ROWS_AROUND_MEMBERS = 4;

export function StatusView({ poll, intervalMs }: StatusViewProps) {
  const { exit } = useApp();
  const members = usePolled(poll, intervalMs);
  const rows = useTerminalRows();
  useInput((input) => {
    if (input === "q") exit();
  });
  if (members === null) return <Text dimColor>asking…</Text>;
  // A frame as tall as the terminal makes Ink wipe the scrollback at each refresh: stay below it.
  const shown = Math.max(0, rows - 1 - ROWS_AROUND_MEMBERS - 1);
  const [heading, ...lines] = statusLines(members);
  const hidden = members.length - shown;
  return (
    <Box flexDirection="column">
      <Text wrap="truncate">{summary(members)}</Text>
      <Text bold wrap="truncate">
        {heading}
      </Text>
      {members.slice(0, shown).map((member, at) => (
        <Text key={`${member.id} ${member.client}`} wrap="truncate" {...toneOf(member)}>
          {lines[at]}
        </Text>
      ))}
      {hidden > 0 && <Text dimColor>… and {hidden} more</Text>}
      <Text> </Text>
      <Text dimColor>q quit</Text>
    </Box>
  );
}

function summary(members: readonly MemberReport[]): string {
  const answering = members.filter((member) => !failed(member));
  const leader = answering.find((member) => member.role === "leader");
  const health = `${answering.length} of ${members.length} members answer`;
  return leader === undefined
    ? `no leader · ${health}`
    : `leader ${leader.id}, term ${leader.term} · ${health}`;
}

function toneOf(member: MemberReport): { readonly color?: string } {
  if (failed(member)) return { color: "red" };
  return member.role === "leader" ? { color: "green" } : {};
}

/** Null until the first answer. */
function usePolled(poll: StatusViewProps["poll"], intervalMs: number): readonly MemberReport[] | null {
  const [members, setMembers] = useState<readonly MemberReport[] | null>(null);
  const { exit } = useApp();
  useEffect(() => {
    let timer: NodeJS.Timeout | undefined;
    let mounted = true;
    const ask = () => {
      poll().then(
        (answer) => {
          if (!mounted) return;
          setMembers(answer);
          timer = setTimeout(ask, intervalMs);
        },
        (error: Error) => mounted && exit(error),
      );
    };
    ask();
    return () => {
      mounted = false;
      clearTimeout(timer);
    };
  }, [poll, intervalMs, exit]);
  return members;
}

function useTerminalRows(): number {
  const { stdout } = useStdout();
  const [rows, setRows] = useState(stdout.rows ?? ROWS_DEFAULT);
  useEffect(() => {
    const resized = () => setRows(stdout.rows ?? ROWS_DEFAULT);
    stdout.on("resize", resized);
    return () => void stdout.off("resize", resized);
  }, [stdout]);
  return rows;
}
