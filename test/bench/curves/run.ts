/** The curves from the measurement to the tables and the drawing. */
import { closeSync, openSync, writeFileSync } from "node:fs";
import type { Bench } from "../bench.js";
import { etcdVersion } from "../etcd-cluster.js";
import type { Table } from "../table.js";
import { curvesSvg } from "./drawing.js";
import { describeMachine, thisMachine } from "./machine.js";
import { type CurvePoint, measureCurves } from "./measure.js";
import { curveTables } from "./report.js";
import { baseSetting } from "./settings.js";
import { fixedText } from "./words.js";

export async function runCurves(bench: Bench, print: (tables: readonly Table[]) => void): Promise<void> {
  const { svg, curves } = bench.options;
  // A file that cannot be written is better known before than after.
  if (svg !== null) closeSync(openSync(svg, "a"));
  const points = await measureCurves(bench, curves);
  print(curveTables(points, baseSetting(bench.options)));
  if (svg !== null) writeFileSync(svg, drawn(bench, points));
}

function drawn({ options, systems, workshop }: Bench, points: readonly CurvePoint[]): string {
  const etcd = systems.includes("etcd") ? etcdVersion() : null;
  return curvesSvg(points, {
    title: "What puts cost as members, values, clients and keys grow",
    notes: [
      `Members and load on one machine: ${describeMachine(thisMachine(workshop.directory, etcd))}.`,
      `What does not grow: ${fixedText(baseSetting(options))}. Logarithmic scales, but for members.`,
    ],
  });
}
