/**
 * Mounts the live view. Only for a terminal on both sides: into a pipe Ink writes its cursor movements.
 */
import { render } from "ink";
import { StatusView, type StatusViewProps } from "./status-view.js";

const REFRESH_MS = 1000;

/** Resolves when the person has seen enough. @throws what `poll` throws */
export async function watchStatus(poll: StatusViewProps["poll"]): Promise<void> {
  const view = render(<StatusView poll={poll} intervalMs={REFRESH_MS} />);
  await view.waitUntilExit();
}
