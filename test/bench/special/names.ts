/** The measurements that are not rows of the matrix, in the order in which they run. */

export const SPECIAL_NAMES = [
  "appends",
  "failover",
  "handover",
  "memory",
  "restart",
  "start-up",
  "pauses",
  "soak",
] as const;
export type SpecialName = (typeof SPECIAL_NAMES)[number];

export function isSpecialName(name: string): name is SpecialName {
  return SPECIAL_NAMES.some((special) => special === name);
}
