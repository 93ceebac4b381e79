/** The supervision of this process, put together from what the service manager put into its environment. */
import { type NotifyOptions, openNotify } from "./notify.js";
import { Supervision, type SupervisionClock, takeWatchdogMs } from "./supervision.js";

/** Linux counts both from the same moment. */
const CLOCK: SupervisionClock = {
  nowUs: () => process.hrtime.bigint() / 1000n,
  every: (intervalMs, run) => void setInterval(run, intervalMs).unref(),
};

/** Null: no service manager asks. What it put there is taken out. */
export function openSupervision(
  environment: NodeJS.ProcessEnv,
  { notify: descriptor, log }: { readonly notify: number | null; readonly log: NotifyOptions["log"] },
): Supervision | null {
  const watchdogMs = takeWatchdogMs(environment, process.pid);
  const onLoss = () => supervision?.repeat();
  const notify = openNotify({ environment, descriptor, log, onLoss });
  const supervision = notify === null ? null : new Supervision({ notify, watchdogMs, clock: CLOCK, log });
  return supervision;
}
