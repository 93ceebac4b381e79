/** What verify has found, for people and for programs, and the exit status that goes with it. */
import { EXIT, type ExitStatus } from "../../base/exit-status.js";
import { formatHistory } from "../../lin/history-file.js";
import { abbreviate, describeWindow, type Verdict } from "../../lin/verdict.js";
import { jsonDocument } from "../format.js";
import type { LoadReport } from "./load.js";

/** What was done to a cluster. */
export interface Run {
  readonly clients: number;
  /** Numbers of those that read from any member. */
  readonly readFromAny: readonly number[];
  /** What all its keys begin with. */
  readonly prefix: string;
  readonly report: LoadReport;
  readonly interrupted: boolean;
}

export interface Findings {
  readonly verdict: Verdict;
  /** Null: the history was read from a file. */
  readonly run: Run | null;
  readonly kept: Kept;
}

/** Where the whole history is. */
export interface Kept {
  /** Null: nowhere. */
  readonly path: string | null;
  /** Why it could not be written; null: it was, or was not to be. */
  readonly problem: string | null;
}

const WORDS = { legal: "linearizable", illegal: "NOT linearizable", undecided: "undecided" } as const;
const JSON_WORDS = { ...WORDS, illegal: "not-linearizable" } as const;
/** Of more keys that are not decided only the first ones are named. */
const NAMED_MAX = 5;

export function exitStatusOf({ verdict, run, kept }: Findings): ExitStatus {
  if (verdict.outcome === "illegal") return EXIT.bug;
  if (run?.interrupted) return EXIT.interrupted;
  if (verdict.outcome === "undecided") return EXIT.unknown;
  if (run !== null && run.report.unread > 0) return EXIT.unavailable;
  return kept.problem === null ? EXIT.done : EXIT.io;
}

/** For stdout: one line, and for what is not linearizable the evidence. */
export function describeFindings({ verdict, run }: Findings): string {
  const lines = [`${WORDS[verdict.outcome]}: ${describeCounts(verdict, run)}`];
  if (verdict.outcome === "undecided") {
    const named = verdict.keys.slice(0, NAMED_MAX).map(abbreviate).join(", ");
    const more = verdict.keys.length - NAMED_MAX;
    lines.push(`not decided: what was done to ${named}${more > 0 ? ` and ${more} more keys` : ""}`);
  } else if (verdict.outcome === "illegal") {
    const { key, window } = verdict;
    const milliseconds = (nanoseconds: number): string => (nanoseconds / 1e6).toFixed(3);
    lines.push(
      "",
      `No order explains what was done to ${abbreviate(key)} (milliseconds since the first of these calls):`,
      "",
      describeWindow(window, milliseconds),
    );
    const readers = run?.readFromAny.filter((number) => window.some(({ client }) => client === number)) ?? [];
    if (readers.length > 0) {
      lines.push(
        "",
        `Of these clients, ${readers.join(", ")} read from any member, the others from the leader.`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

/** For stderr: what a person should know beside the verdict. */
export function remarksOn({ verdict, run, kept }: Findings): readonly string[] {
  const remarks: string[] = [];
  if (run?.interrupted && verdict.outcome === "undecided") {
    remarks.push("interrupted before there was a verdict");
  } else if (run?.interrupted) {
    remarks.push("interrupted: this is the verdict on what was done until then");
  }
  if (run !== null && run.report.unread > 0) {
    remarks.push(
      `${run.report.unread} keys could not be read at the end: it is not known whether what was written last is there`,
    );
  }
  if (run !== null && run.report.left > 0) {
    remarks.push(`keys are left: kvraft scan --keys-only --prefix ${abbreviate(run.prefix)} lists them`);
  }
  if (verdict.outcome === "undecided") {
    remarks.push(
      "undecided is no proof of a fault, nor that there is none. Try: a longer --judge-timeout, fewer --clients, more --keys",
    );
  }
  if (kept.problem !== null) remarks.push(`the history could not be kept: ${kept.problem}`);
  if (kept.path !== null && verdict.outcome !== "legal") {
    remarks.push(
      `the whole history is in ${kept.path}; kvraft verify --history ${kept.path} judges it again`,
    );
  }
  return remarks;
}

export function jsonFindings({ verdict, run, kept }: Findings): string {
  const { operations, unknown, keys } = verdict.counts;
  return jsonDocument({
    verdict: JSON_WORDS[verdict.outcome],
    operations,
    unknown,
    keys,
    ...(verdict.outcome === "undecided" ? { undecidedKeys: verdict.keys } : {}),
    ...(verdict.outcome === "illegal" ? { counterExample: asFileHasIt(verdict.window) } : {}),
    ...(run === null ? {} : { run: jsonRun(run) }),
    ...(kept.path === null ? {} : { history: kept.path }),
  });
}

function jsonRun({ clients, readFromAny, prefix, report, interrupted }: Run): object {
  const { tookMs, notDone, unread, left } = report;
  return { clients, readFromAny, prefix, seconds: tookMs / 1000, notDone, unread, left, interrupted };
}

/** The same fields as in a line of a history file. */
function asFileHasIt(window: Parameters<typeof formatHistory>[0]): readonly unknown[] {
  return window.map((operation) => JSON.parse(formatHistory([operation])) as unknown);
}

function describeCounts({ counts }: Verdict, run: Run | null): string {
  const { operations, unknown, keys } = counts;
  const done = `${operations} operations on ${keys} keys`;
  if (run === null) return `${done}; ${unknown} of unknown outcome`;
  const { tookMs, notDone } = run.report;
  const seconds = (tookMs / 1000).toFixed(1);
  return `${done} by ${run.clients} clients in ${seconds} s; ${unknown} of unknown outcome, ${notDone} more not done`;
}
