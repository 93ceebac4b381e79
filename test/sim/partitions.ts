/** The shapes in which a network falls apart: pairs of members, each of which cannot send to the other. */
import type { MemberId } from "../../src/raft/entry.js";
import type { Dice } from "./dice.js";

export type Cut = readonly [from: MemberId, to: MemberId];

export interface Partition {
  readonly name: string;
  readonly cuts: readonly Cut[];
}

/** `first` is whom isolating hurts most. */
export function drawPartition(dice: Dice, ids: readonly MemberId[], first: MemberId): Partition {
  const order = dice.shuffled(ids);
  const at = dice.between(1, Math.max(1, ids.length - 1));
  const left = order.slice(0, at);
  const right = order.slice(at);
  const others = ids.filter((id) => id !== first);
  switch (dice.below(6)) {
    case 0:
      return { name: `${left} apart from ${right}`, cuts: bothWays(left, right) };
    case 1:
      return { name: `${first} apart from all`, cuts: bothWays([first], others) };
    case 2:
      return { name: `${left} deaf to ${right}`, cuts: pairs(right, left) };
    case 3:
      return { name: `all deaf to ${first}`, cuts: pairs([first], others) };
    case 4: {
      const [bridge, ...rest] = order;
      const half = Math.ceil(rest.length / 2);
      return {
        name: `${rest.slice(0, half)} and ${rest.slice(half)} bridged by ${bridge}`,
        cuts: bothWays(rest.slice(0, half), rest.slice(half)),
      };
    }
    default:
      return { name: `a ring of ${order}`, cuts: ring(order) };
  }
}

/** None of `from` can send to any of `to`. */
export function pairs(from: readonly MemberId[], to: readonly MemberId[]): Cut[] {
  return from.flatMap((one) => to.map((other): Cut => [one, other]));
}

export function bothWays(left: readonly MemberId[], right: readonly MemberId[]): Cut[] {
  return [...pairs(left, right), ...pairs(right, left)];
}

/** Each reaches its two neighbours; among three that would be everybody, so there it is a line. */
function ring(order: readonly MemberId[]): Cut[] {
  const size = order.length;
  return pairs(order, order).filter(([from, to]) => {
    const distance = Math.abs(order.indexOf(from) - order.indexOf(to));
    return distance > 1 && (size === 3 || distance < size - 1);
  });
}
