import test from "ava";
import { formatNumber, formatSpread, spreadOf } from "./statistics.js";
import { renderTable } from "./table.js";

test("the median is the one in the middle, or lies between the two", (t) => {
  t.is(spreadOf([3, 1, 2])?.median, 2);
  t.is(spreadOf([4, 1, 2, 3])?.median, 2.5);
  t.is(spreadOf([5])?.median, 5);
  t.is(spreadOf([]), null);
});

test("a spread shows its range where there is one", (t) => {
  t.is(formatSpread([30, 10, 20]), "20.0 (10.0-30.0)");
  t.is(formatSpread([1234.5]), "1235");
  t.is(formatSpread([]), "-");
});

test("numbers keep three digits that mean something", (t) => {
  t.deepEqual([0.123, 1.234, 12.34, 123.4, 12_345.6].map(formatNumber), [
    "0.12",
    "1.23",
    "12.3",
    "123",
    "12346",
  ]);
  t.is(formatNumber(Number.NaN), "-");
});

test("a table as text, and as Markdown", (t) => {
  const table = {
    title: "T",
    header: ["", "n"],
    rows: [
      ["put:1", "5"],
      ["x", "1000"],
    ],
  };
  t.is(renderTable(table, "text"), "T\n            n\n  put:1     5\n  x      1000\n");
  t.is(
    renderTable(table, "markdown"),
    "**T**\n\n|       |    n |\n| ----- | ---: |\n| put:1 |    5 |\n| x     | 1000 |\n",
  );
});
