/** What many runs came to, to show that they were worth something. */
import type { SimulationReport } from "./simulation.js";

const SUMMED = [
  "steps",
  "virtualMs",
  "committed",
  "highestTerm",
  "done",
  "failed",
  "unknown",
  "crashes",
  "diskFaults",
  "rotten",
  "snapshotsTaken",
  "snapshotsInstalled",
] as const;

export class Totals {
  seeds = 0;
  #stepsLeast = Number.POSITIVE_INFINITY;
  readonly #sums = new Map<(typeof SUMMED)[number], number>();

  add(report: SimulationReport): void {
    this.seeds++;
    this.#stepsLeast = Math.min(this.#stepsLeast, report.steps);
    for (const name of SUMMED) this.#sums.set(name, this.#sum(name) + report[name]);
  }

  describe(): string {
    const sum = (name: (typeof SUMMED)[number]): string => this.#sum(name).toLocaleString("en");
    const hours = (this.#sum("virtualMs") / 3_600_000).toFixed(1);
    return (
      `${this.seeds} runs of at least ${this.#stepsLeast} steps: ${sum("steps")} steps in ${hours} hours of virtual time; ` +
      `${sum("committed")} entries committed in ${sum("highestTerm")} terms; ` +
      `${sum("done")} operations done, ${sum("failed")} failed, ${sum("unknown")} unknown; ` +
      `${sum("crashes")} crashes, ${sum("diskFaults")} disk faults, ${sum("rotten")} rotten disks; ` +
      `${sum("snapshotsTaken")} snapshots taken, ${sum("snapshotsInstalled")} installed`
    );
  }

  #sum(name: (typeof SUMMED)[number]): number {
    return this.#sums.get(name) ?? 0;
  }
}
