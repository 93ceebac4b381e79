/** Ways through the network, each in one direction, from one name to another: members' ids and clients' names. */

export type Way = readonly [from: string, to: string];

/** From each of the one to each of the others, and back. */
export function bothWays(some: readonly string[], others: readonly string[]): Way[] {
  return some.flatMap((one) =>
    others.flatMap((other): Way[] => [
      [one, other],
      [other, one],
    ]),
  );
}

/** Whether each way's opposite is among them. */
export function isMutual(ways: readonly Way[]): boolean {
  return ways.every(([from, to]) => ways.some(([other, back]) => other === to && back === from));
}
