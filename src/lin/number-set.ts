/**
 * Small sets of numbers as strings, so that equal sets are equal keys of a map and a set with one more member is made
 * in one go. A member is two characters; they ascend.
 */

export type NumberSet = string;

/** `member` is below 2³² and not in `set`. */
export function withMember(set: NumberSet, member: number): NumberSet {
  const added = String.fromCharCode(member >>> 16, member & 0xffff);
  let end = set.length;
  while (end > 0 && set.slice(end - 2, end) > added) end -= 2;
  return set.slice(0, end) + added + set.slice(end);
}

/** Each one as a set of its own, ascending. */
export function* members(set: NumberSet): Generator<NumberSet> {
  for (let at = 0; at < set.length; at += 2) yield set.slice(at, at + 2);
}

/** The number in a set of one. */
export function numberOf(member: NumberSet): number {
  return member.charCodeAt(0) * 2 ** 16 + member.charCodeAt(1);
}

/** Whether `b` has every member of `a`. */
export function isSubset(a: NumberSet, b: NumberSet): boolean {
  if (a.length >= b.length) return a === b;
  for (let at = 0, to = 0; at < a.length; at += 2, to += 2) {
    const member = a.slice(at, at + 2);
    while (to < b.length && b.slice(to, to + 2) < member) to += 2;
    if (b.slice(to, to + 2) !== member) return false;
  }
  return true;
}
