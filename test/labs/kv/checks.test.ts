import test from "ava";
import { appendText, checkAppends } from "./checks.js";

/** What client `client` leaves behind with these appends, each behind its name. */
function appended(client: number, ...numbers: number[]): string {
  return numbers.map((number) => `<c${client}.${number}>${appendText(client, number)}`).join("");
}

test("all appends of all clients in each one's order are what is expected", (t) => {
  const value = `<c9.1>${appended(0, 0)}${appended(1, 0, 1)}${appended(0, 1, 2)}`;
  t.notThrows(() =>
    checkAppends(
      value,
      new Map([
        [0, 3],
        [1, 2],
      ]),
    ),
  );
});

for (const [what, value] of [
  ["missing", appended(0, 0, 2)],
  ["missing at the end", appended(0, 0, 1)],
  ["there twice", appended(0, 0, 1, 1, 2)],
  ["there once more at the end", appended(0, 0, 1, 2, 2)],
  ["out of order", appended(0, 1, 0, 2)],
  ["of another client", appended(0, 0, 1, 2) + appended(1, 0)],
  ["more than were made", appended(0, 0, 1, 2, 3)],
] as const) {
  test(`an append that is ${what} is noticed`, (t) => {
    t.throws(() => checkAppends(value, new Map([[0, 3]])), { name: "AssertionError" });
  });
}
