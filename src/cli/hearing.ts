/** Whether one member hears another. */
import type { PeerStats } from "../wire/member-stats.js";

/** Members send each other a sign of life twice a second: after so long several were lost. */
const HEARD_WITHIN_MS = 2000;

export function isHeard({ heardMs }: PeerStats): boolean {
  return heardMs !== null && heardMs <= HEARD_WITHIN_MS;
}
