import test from "ava";
import { isUtf8Locale, sparkline } from "../../src/cli/sparkline.js";

const WIDE = { width: 80, ascii: false };

test("each number is as high as it is to the greatest; only nothing is blank", (t) => {
  t.is(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8], WIDE), " ▁▂▃▄▅▆▇█");
  t.is(sparkline([1, 1000], { width: 80, ascii: true }), ".@");
  t.is(sparkline([0, 0], WIDE), "  ");
  t.is(sparkline([], WIDE), "");
});

test("more numbers than columns are put together", (t) => {
  t.is(sparkline([8, 8, 0, 0, 4, 4, 8], { width: 4, ascii: false }), "█ ▄█");
  t.is(sparkline(new Array(601).fill(1), { width: 60, ascii: false }).length, 55);
});

test("the locale is told as the C library tells it", (t) => {
  t.true(isUtf8Locale({ LANG: "en_US.UTF-8" }));
  t.true(isUtf8Locale({ LANG: "C", LC_CTYPE: "C.utf8" }));
  t.false(isUtf8Locale({ LANG: "en_US.UTF-8", LC_ALL: "C" }));
  t.true(isUtf8Locale({ LANG: "en_US.UTF-8", LC_ALL: "" }));
  t.false(isUtf8Locale({}));
});
