import test from "ava";
import { CURVE_NAMES } from "./names.js";
import { baseSetting, holdsFor, stepsOf } from "./settings.js";

const OPTIONS = { members: 3, valueBytes: 256, keys: 10_000, scale: 1 };

test("along a curve one thing grows, and all curves have a point in common", (t) => {
  for (const curve of CURVE_NAMES) {
    t.deepEqual(
      stepsOf(curve, OPTIONS).filter(
        ({ setting }) => setting.clients === 64 && holdsFor(setting, baseSetting(OPTIONS)),
      ).length,
      1,
      curve,
    );
  }
  t.deepEqual(stepsOf("members", OPTIONS).at(-1), {
    at: 7,
    setting: { members: 7, valueBytes: 256, clients: 64, keys: 10_000 },
  });
});

test("long values have fewer keys, so that filling them takes no longer", (t) => {
  const keys = stepsOf("value-bytes", OPTIONS).map(({ setting }) => setting.keys);
  t.deepEqual(keys, [10_000, 10_000, 10_000, 1024]);
});

test("more clients need no other clusters, everything else does", (t) => {
  const base = baseSetting(OPTIONS);
  t.true(holdsFor(base, { ...base, clients: 4096 }));
  t.false(holdsFor(base, { ...base, members: 5 }));
  t.false(holdsFor(base, { ...base, keys: 1000 }));
  t.false(holdsFor(base, { ...base, valueBytes: 16 }));
});

test("the curve of keys is scaled", (t) => {
  const points = stepsOf("keys", { ...OPTIONS, scale: 0.01 }).map(({ at, setting }) => [at, setting.keys]);
  t.deepEqual(points, [
    [10, 10],
    [100, 100],
    [1000, 1000],
    [10_000, 10_000],
  ]);
});
