/** All targets. */
import { clerkTarget } from "./clerk-target.js";
import { dialTarget, framesTarget, messagesTarget } from "./codec-targets.js";
import { clientTarget, peerTarget } from "./member-targets.js";
import { damageTarget, forgeryTarget } from "./storage-target.js";
import type { Target } from "./target.js";

export const TARGETS: readonly Target[] = [
  framesTarget,
  messagesTarget,
  dialTarget,
  clientTarget,
  peerTarget,
  clerkTarget,
  damageTarget,
  forgeryTarget,
];
