import test from "ava";
import { Deadline } from "../../src/cli/deadline.js";

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

test("time counts while it is not paused, and only then", async (t) => {
  let expired = false;
  let resolveExpired = () => {};
  const expiry = new Promise<void>((resolve) => {
    resolveExpired = resolve;
  });
  const deadline = new Deadline(10, () => {
    expired = true;
    resolveExpired();
  });
  deadline.pause();
  await wait(50);
  t.false(expired);
  deadline.resume();
  await expiry;
  t.true(expired);
});
