import test from "ava";
import {
  type Effect,
  INITIAL_STATE,
  press,
  type Surroundings,
  type ViewState,
} from "../../../../src/cli/screens/status/view-state.js";

const AROUND: Surroundings = { members: ["n1", "n2", "n3"], leader: "n1", allowActions: true, scrollMax: 3 };

function after(keys: string, around: Partial<Surroundings> = {}): { state: ViewState; effects: Effect[] } {
  let state = INITIAL_STATE;
  const effects: Effect[] = [];
  for (const key of keys.split(" ")) {
    const step = press(state, key, { ...AROUND, ...around });
    state = step.state;
    if (step.effect !== null) effects.push(step.effect);
  }
  return { state, effects };
}

test("panels open and close with the same key, and with Escape", (t) => {
  t.is(after("m").state.panel, "matrix");
  t.is(after("m m").state.panel, "members");
  t.is(after("m e").state.panel, "elections");
  t.is(after("e ?").state.panel, "help");
  t.is(after("return escape").state.panel, "members");
  t.is(after("return return").state.panel, "details");
});

test("arrows choose a member, and stop at both ends", (t) => {
  t.is(after("down").state.chosen, "n2");
  t.is(after("j j j j").state.chosen, "n3");
  t.is(after("down k up").state.chosen, "n1");
});

test("in a longer panel arrows scroll, and one step back is one step back", (t) => {
  t.is(after("? down down").state.scroll, 2);
  t.is(after("? down down down down down down up").state.scroll, 2);
  t.is(after("? down m").state.scroll, 0);
});

test("the interval has declared steps", (t) => {
  t.is(after("+").state.intervalMs, 500);
  t.is(after("+ + + +").state.intervalMs, 250);
  t.is(after("- - - - - -").state.intervalMs, 10_000);
  t.is(after("- +").state.intervalMs, 1000);
});

test("leadership is transferred after a yes to the question that names the member, and only then", (t) => {
  t.is(after("down t").state.confirming, "n2");
  t.deepEqual(after("down t y").effects, [{ kind: "transfer", to: "n2" }]);
  for (const key of ["n", "escape", "return", "t"]) {
    const { state, effects } = after(`down t ${key}`);
    t.deepEqual(effects, []);
    t.is(state.notice, "nothing was changed");
    t.is(state.confirming, null);
  }
});

test("a transfer that makes no sense, or is not allowed, is not asked about", (t) => {
  const refused = (around: Partial<Surroundings>, keys = "t") => after(keys, around).state;
  t.regex(refused({ allowActions: false }, "down t").notice, /--allow-actions/);
  t.regex(refused({}).notice, /n1 leads already/);
  t.regex(refused({ leader: "" }).notice, /nobody leads/);
  t.deepEqual(after("t y", { leader: "" }).effects, []);
});

test("quit and suspend come through whatever is being asked", (t) => {
  t.deepEqual(after("q").effects, [{ kind: "quit" }]);
  t.deepEqual(after("down t ctrl-c").effects, [{ kind: "quit" }]);
  t.deepEqual(after("ctrl-z").effects, [{ kind: "suspend" }]);
});

test("other keys change nothing", (t) => {
  t.deepEqual(after("x ctrl-x 7"), { state: INITIAL_STATE, effects: [] });
});
