/** How long a member's event loop is kept from its timers at a stretch, as the member itself sees it. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Life } from "../../e2e/cluster.js";
import { eventually } from "../../e2e/processes.js";

export interface LoopDelay {
  /** Of the stretches between a timer's wake-ups, what goes past the timer's interval. */
  readonly p999Ms: number;
  readonly maxMs: number;
}

export class LoopDelays {
  readonly #directory = mkdtempSync(join(tmpdir(), "loop-delays-"));
  /** What a member has to be started with. */
  readonly life: Life = {
    environment: {
      NODE_OPTIONS: `--import=${new URL("loop-delay-probe.js", import.meta.url).href}`,
      KVRAFT_BENCH_LOOP_DELAYS: this.#directory,
    },
  };

  /** Of each process since the last call; the first one tells of its start as well. */
  take(pids: readonly number[]): Promise<readonly LoopDelay[]> {
    return Promise.all(pids.map((pid) => this.#takeOne(pid)));
  }

  async #takeOne(pid: number): Promise<LoopDelay> {
    const path = join(this.#directory, `${pid}.json`);
    rmSync(path, { force: true });
    process.kill(pid, "SIGUSR2");
    return eventually("a member tells of its delays", async () =>
      existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as LoopDelay) : null,
    );
  }
}
