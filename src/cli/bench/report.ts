/** What a run came to, for a person and for programs. */
import { jsonBytes, jsonDocument } from "../format.js";
import { isUtf8Locale, sparkline } from "../sparkline.js";
import type { FailOver, Latencies, Measured } from "./measurements.js";
import type { Plan } from "./plan.js";

export interface Report {
  readonly plan: Plan;
  readonly measured: Measured;
  /** Of an open loop: requests that were due and never sent. */
  readonly unsent: number;
  readonly interrupted: boolean;
  /** Ids of the leaders before and after; null: not known. */
  readonly leaders: { readonly before: string | null; readonly after: string | null };
}

const CHART_WIDTH = 60;

export function reportText(
  report: Report,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const { plan, measured } = report;
  const { operations, elapsedMs, longestGap, perSecond, failOver } = measured;
  const rows: (readonly [string, string])[] = [
    ["operations", `${operations}, ${perSecondOf(measured).toFixed(0)} a second`],
    ...[...measured.latencies].map(([kind, latencies]) => [kind, describeLatencies(latencies)] as const),
    ["errors", describeErrors(measured)],
    ["longest gap", `${ms(longestGap.ms)} without a success, ${seconds(longestGap.fromMs)} after the start`],
  ];
  if (plan.ratePerSecond !== null) rows.push(["rate", describeRate(plan.ratePerSecond, report.unsent)]);
  if (perSecond.length > 1) {
    const line = sparkline(perSecond, { width: CHART_WIDTH, ascii: !isUtf8Locale(environment) });
    rows.push(["each second", `|${line}| ${Math.min(...perSecond)} to ${Math.max(...perSecond)}`]);
  }
  if (failOver !== null) rows.push(["fail-over", describeFailOver(failOver, report)]);
  const head = `${describePlan(plan)}; ${seconds(elapsedMs)}${report.interrupted ? ", interrupted" : ""}\n`;
  return head + rows.map(([name, text]) => `  ${name.padEnd(12)}${text}\n`).join("");
}

export function reportJson(report: Report): string {
  const { plan, measured, unsent, interrupted, leaders } = report;
  const { leaderPid, prefix, durationMs, total, keep, force, ...load } = plan;
  const { latencies, errors, failOver, perSecond, elapsedMs, longestGap, ...counts } = measured;
  return jsonDocument({
    ...load,
    prefix: jsonBytes(prefix),
    interrupted,
    elapsedMs: rounded(elapsedMs),
    ...counts,
    operationsPerSecond: rounded(perSecondOf(measured)),
    unsent,
    latenciesMs: Object.fromEntries(latencies),
    errors: Object.fromEntries(errors),
    longestGap: allRounded(longestGap),
    perSecond,
    ...(failOver === null ? {} : { failOver: { pid: leaderPid, ...allRounded(failOver), leaders } }),
  });
}

function perSecondOf({ operations, elapsedMs }: Measured): number {
  return elapsedMs === 0 ? 0 : (operations * 1000) / elapsedMs;
}

function describePlan({ workload, getPercent, clients, valueBytes, keys, ratePerSecond }: Plan): string {
  const what = workload === "mixed" ? `mixed (${getPercent} % get)` : workload;
  const shape = ratePerSecond === null ? "" : `, ${ratePerSecond} a second`;
  return `${what}: ${clients} clients${shape}, values of ${valueBytes} bytes, ${keys} keys`;
}

function describeLatencies({ p50, p95, p99, p999, max }: Latencies): string {
  return `p50 ${ms(p50)}, p95 ${ms(p95)}, p99 ${ms(p99)}, p99.9 ${ms(p999)}, max ${ms(max)}`;
}

function describeErrors({ errors, outcomesUnknown }: Measured): string {
  if (errors.size === 0) return "none";
  const kinds = [...errors].map(([code, count]) => `${code} ${count}`).join(", ");
  return outcomesUnknown === 0 ? kinds : `${kinds}; ${outcomesUnknown} of them with an unknown outcome`;
}

function describeRate(ratePerSecond: number, unsent: number): string {
  const late = unsent === 0 ? "every request was sent" : `${unsent} requests were due and never sent`;
  return `${ratePerSecond} a second asked for; ${late}`;
}

function describeFailOver({ tookMs, gapMs, killedMs }: FailOver, { plan, leaders }: Report): string {
  const { before, after } = leaders;
  const who = `${before ?? "?"} led before, ${after ?? "?"} after`;
  const kill = `the kill of process ${plan.leaderPid}, ${seconds(killedMs)} after the start`;
  if (tookMs === null) return `no success after ${kill}; ${who}`;
  return `${ms(tookMs)} from ${kill}, to the next success; gap ${ms(gapMs)}; ${who}`;
}

function allRounded(times: object): object {
  return Object.fromEntries(
    Object.entries(times).map(([name, value]) => [name, value === null ? null : rounded(value)]),
  );
}

/** Microseconds of milliseconds are the last digits that mean something. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Three digits that mean something. */
function ms(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ms`;
}

function seconds(valueMs: number): string {
  return `${(valueMs / 1000).toFixed(1)} s`;
}
