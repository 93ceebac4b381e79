/** Spreads tasks over child processes, one at a time to each. Knows nothing of what they are. */
import { type ChildProcess, fork } from "node:child_process";

export interface PoolOptions<Task, Outcome> {
  /** Path of the child's module. It answers each message, a task, with one message, its outcome. */
  readonly worker: string;
  readonly jobs: number;
  /** Called once for each task, in any order. False: no further task is begun. */
  readonly onOutcome: (outcome: Outcome) => boolean;
  /** The outcome of a task whose process ended over it. */
  readonly gone: (task: Task, how: string) => Outcome;
}

/** Resolves after the last outcome. In the place of a process that ends by itself another one goes on. */
export async function runTasks<Task extends object, Outcome>(
  tasks: Iterable<Task>,
  { worker, jobs, onOutcome, gone }: PoolOptions<Task, Outcome>,
): Promise<void> {
  const rest = tasks[Symbol.iterator]();
  let goesOn = true;
  const work = async (): Promise<void> => {
    let child: ChildProcess | null = null;
    while (goesOn) {
      const next = rest.next();
      if (next.done === true) break;
      child ??= fork(worker);
      const outcome = await runOne<Task, Outcome>(child, next.value, gone);
      if (!child.connected) child = null;
      if (!onOutcome(outcome)) goesOn = false;
    }
    if (child?.connected) child.disconnect();
  };
  await Promise.all(Array.from({ length: jobs }, work));
}

function runOne<Task extends object, Outcome>(
  child: ChildProcess,
  task: Task,
  gone: (task: Task, how: string) => Outcome,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const onMessage = (outcome: Outcome): void => finish(outcome);
    const onExit = (code: number | null, signal: NodeJS.Signals | null): void =>
      finish(gone(task, `the process that ran it ended: ${signal ?? `status ${code}`}`));
    const finish = (outcome: Outcome): void => {
      child.off("message", onMessage).off("exit", onExit);
      resolve(outcome);
    };
    child.on("message", onMessage).on("exit", onExit);
    child.send(task);
  });
}
