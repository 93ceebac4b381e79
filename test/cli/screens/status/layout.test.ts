import test from "ava";
import { bar } from "../../../../src/cli/screens/status/layout/bar.js";
import { ASCII, glyphsFor, UNICODE } from "../../../../src/cli/screens/status/layout/glyphs.js";
import {
  cut,
  type Line,
  line,
  printable,
  span,
  textOf,
} from "../../../../src/cli/screens/status/layout/line.js";
import { layOut } from "../../../../src/cli/screens/status/layout/table.js";
import { around, windowed } from "../../../../src/cli/screens/status/layout/window.js";

test("glyphs follow the locale", (t) => {
  t.is(glyphsFor({ LANG: "de_DE.UTF-8" }), UNICODE);
  t.is(glyphsFor({ LC_ALL: "C", LANG: "de_DE.UTF-8" }), ASCII);
});

test("the ASCII set is of printable ASCII", (t) => {
  const all = Object.values(ASCII).flat().map(String);
  t.deepEqual(all.map(printable), all);
});

test("what others wrote cannot move the cursor", (t) => {
  t.is(printable("a\x1b[2Jb\nc\u202e😀"), "a?[2Jb?c??");
});

test("a line that is too long ends in an ellipsis, whatever it is made of", (t) => {
  const spans = [span("abc"), span("defg", "strong"), span("hij")];
  t.is(textOf(cut(spans, 10, "…")), "abcdefghij");
  t.is(textOf(cut(spans, 8, "…")), "abcdefg…");
  t.is(textOf(cut(spans, 4, "…")), "abc…");
  t.is(textOf(cut(spans, 2, "...")), "..");
});

test("a bar shows whatever is above nothing, and is full at the top only", (t) => {
  t.is(bar(0, 4, ASCII), "....");
  t.is(bar(0.001, 4, ASCII), "#...");
  t.is(bar(0.5, 4, ASCII), "##..");
  t.is(bar(7, 4, ASCII), "####");
  t.is(bar(0.3, 4, UNICODE), "█▎··");
});

test("columns leave in their order until the rest fit", (t) => {
  const column = (title: string, leaves?: number) => ({
    title,
    align: "left" as const,
    cell: (row: string) => line(row),
    ...(leaves === undefined ? {} : { leaves }),
  });
  const columns = [column("AAA"), column("BBB", 1), column("CCC", 2), column("DDD", 1)];
  const heading = (width: number) => textOf(layOut(columns, ["x"], width).heading);
  t.is(heading(18), "AAA  BBB  CCC  DDD");
  t.is(heading(17), "AAA  BBB  DDD");
  t.is(heading(12), "AAA");
  t.is(heading(1), "AAA");
  t.is(
    textOf(layOut(columns, ["wide cell"], 40).lines[0] ?? []),
    "wide cell  wide cell  wide cell  wide cell".slice(0, 31),
  );
});

const lines = (count: number): Line[] => Array.from({ length: count }, (_, at) => line(String(at)));
const texts = (shown: readonly Line[]) => shown.map(textOf).join(" ");

test("a long list is scrolled to its end and no further, and says how much is left out", (t) => {
  const of = (scroll: number) => windowed(lines(6), { height: 4, scroll, glyphs: ASCII });
  t.is(texts(of(0).lines), "0 1 2 ... and 3 more");
  t.is(texts(of(99).lines), "3 4 5 ... and 3 more");
  t.is(of(0).scrollMax, 3);
  t.is(texts(windowed(lines(4), { height: 4, scroll: 3, glyphs: ASCII }).lines), "0 1 2 3");
});

test("the group that is chosen is always seen, and whole", (t) => {
  const groups = lines(5).map((each) => [each, line("-")]);
  const of = (chosen: number, height: number) => texts(around(groups, { height, chosen, glyphs: ASCII }));
  t.is(of(0, 10), "0 - 1 - 2 - 3 - 4 -");
  t.is(of(0, 5), "0 - 1 - ... and 3 more");
  t.is(of(4, 5), "3 - 4 - ... and 3 more");
  t.is(of(2, 4), "2 - ... and 4 more");
});
