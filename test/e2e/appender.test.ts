import test from "ava";
import type { Clerk } from "../../src/clerk/clerk.js";
import { Appender, faultsIn } from "./appender.js";

function told(name: string, acknowledged: number): Appender {
  const appender = new Appender(name, { clerk: {} as Clerk, key: "k" });
  appender.acknowledged = acknowledged;
  return appender;
}

const clients = [told("a", 3), told("b", 2)];

test("words of several clients in any mixture are in order", (t) => {
  t.deepEqual(faultsIn("a:1 b:1 a:2 a:3 b:2 ", clients), []);
});

for (const [title, value, fault] of [
  ["a lost word", "a:1 a:3 b:1 b:2 ", "a: 3 acknowledged, 2 found; the first that differs is 2"],
  ["the last word lost", "a:1 a:2 b:1 b:2 ", "a: 3 acknowledged, 2 found; the first that differs is 3"],
  ["a repeated word", "a:1 a:2 a:2 a:3 b:1 b:2 ", "a: 3 acknowledged, 4 found; the first that differs is 3"],
  [
    "words in another order",
    "a:2 a:1 a:3 b:1 b:2 ",
    "a: 3 acknowledged, 3 found; the first that differs is 1",
  ],
  ["a word that nobody wrote", "a:1 a:2 a:3 b:1 b:2 c:1 ", "stray: c:1"],
] as const) {
  test(`${title} is found`, (t) => t.deepEqual(faultsIn(value, clients), [fault]));
}
