import test from "ava";
import { seededRandom } from "../../src/base/random.js";
import { BACK_OFF_MAX_MS, BackOff } from "../../src/net/back-off.js";

test("pauses double from 10 ms to a second, each between half and all of the ceiling", (t) => {
  for (let seed = 0; seed < 50; seed++) {
    const backOff = new BackOff(seededRandom(seed));
    for (let ceilingMs = 10; ceilingMs < 5000; ceilingMs *= 2) {
      const ceiling = Math.min(ceilingMs, BACK_OFF_MAX_MS);
      const pauseMs = backOff.nextMs();
      t.true(pauseMs >= Math.floor(ceiling / 2) && pauseMs <= ceiling, `${pauseMs} of ${ceiling}`);
    }
    backOff.reset();
    t.true(backOff.nextMs() <= 10);
  }
});

test("members with different seeds do not dial in step", (t) => {
  const pauses = new Set<number>();
  for (let seed = 0; seed < 20; seed++) {
    const backOff = new BackOff(seededRandom(seed));
    for (let attempt = 0; attempt < 8; attempt++) backOff.nextMs();
    pauses.add(backOff.nextMs());
  }
  t.true(pauses.size > 10);
});
