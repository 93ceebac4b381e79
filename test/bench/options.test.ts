import test from "ava";
import { parseOptions } from "./options.js";
import { DEFAULT_ROWS } from "./rows.js";

function parsed(...args: string[]) {
  const options = parseOptions(args);
  if (options === "help") throw new Error("help");
  return options;
}

test("without flags it is the whole matrix and nothing else", (t) => {
  const { matrix, specials, rounds, only } = parsed();
  t.deepEqual(
    matrix.map(({ name }) => name),
    DEFAULT_ROWS,
  );
  t.deepEqual(specials, []);
  t.is(rounds, 3);
  t.is(only, null);
});

test("rows are named one by one, or together", (t) => {
  const { matrix, specials } = parsed("--rows", "put:1,mix:64,failover");
  t.deepEqual(matrix[1], { name: "mix:64", operation: "mix", workers: 64 });
  t.deepEqual(specials, ["failover"]);
  t.deepEqual(parsed("--rows", "all").specials, [
    "appends",
    "failover",
    "handover",
    "memory",
    "restart",
    "start-up",
    "pauses",
  ]);
});

test("curves are rows too, and can be drawn", (t) => {
  const { matrix, specials, curves, svg } = parsed("--rows", "curves,put:1", "--svg", "curves.svg");
  t.deepEqual(curves, ["members", "value-bytes", "clients", "keys"]);
  t.deepEqual(
    matrix.map(({ name }) => name),
    ["put:1"],
  );
  t.deepEqual(specials, []);
  t.is(svg, "curves.svg");
  t.deepEqual(parsed("--rows", "curve:keys").curves, ["keys"]);
  t.deepEqual(parsed("--rows", "all").curves, []);
});

test("what makes no sense is refused", (t) => {
  t.throws(() => parsed("--svg", "curves.svg"), { message: /--svg draws curves/ });
  t.throws(() => parsed("--rows", "curve:moon"), { message: 'there is no row "curve:moon"' });
  t.throws(() => parsed("--rows", "put:0"), { message: 'there is no row "put:0"' });
  t.throws(() => parsed("--rows", "putt:1"), { message: 'there is no row "putt:1"' });
  t.throws(() => parsed("--members", "4"), { message: /3, 5 or 7/ });
  t.throws(() => parsed("--rounds", "x"), { message: /--rounds is a number/ });
  t.throws(() => parsed("--only", "redis"), { message: /--only is kvraft or etcd/ });
  t.throws(() => parsed("--nonsense"));
});
