/** More than half of so many voters: the simulation's own word for it, so that a fault in the core's does not blind it. */
export function majority(voters: number): number {
  return Math.floor(voters / 2) + 1;
}
