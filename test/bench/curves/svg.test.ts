import test from "ava";
import { coordinate, element, escaped, label } from "./svg.js";

test("elements hold attributes and children", (t) => {
  t.is(element("g", { x: 1.25, fill: "none" }), '<g x="1.3" fill="none"/>');
  t.is(element("g", {}, element("a", {}), element("b", {})), "<g><a/><b/></g>");
});

test("words cannot break out of where they stand", (t) => {
  t.is(label('a < b & "c"', { y: 0 }), '<text y="0">a &lt; b &amp; &quot;c&quot;</text>');
  t.is(element("g", { name: '"/><script>' }), '<g name="&quot;/&gt;&lt;script&gt;"/>');
  t.is(escaped("a\u0000\u001bb"), "a  b");
});

test("a number that is none is refused", (t) => {
  t.throws(() => coordinate(Number.NaN));
  t.throws(() => element("g", { x: Number.POSITIVE_INFINITY }), { message: /x is Infinity/ });
});
