import { stripVTControlCharacters } from "node:util";
import test, { type ExecutionContext } from "ava";
import { render } from "ink-testing-library";
import type { Size } from "../../../../src/cli/screens/status/frame.js";
import { StatusScreen, type TerminalSize } from "../../../../src/cli/screens/status/status-screen.js";
import { MOMENT_MS, PretendedSession } from "./session.js";

class Terminal implements TerminalSize {
  size: Size = { columns: 80, rows: 24 };
  #changed = (): void => {};

  readonly current = () => this.size;
  readonly subscribe = (changed: () => void) => {
    this.#changed = changed;
    return () => {};
  };

  resize(size: Size): void {
    this.size = size;
    this.#changed();
  }
}

function show(t: ExecutionContext) {
  const pretended = new PretendedSession();
  const terminal = new Terminal();
  const effects: string[] = [];
  const screen = render(
    <StatusScreen
      session={pretended.session}
      terminal={terminal}
      hasColours
      onEffect={({ kind }) => void effects.push(kind)}
    />,
  );
  t.teardown(screen.unmount);
  pretended.session.start();
  pretended.pass(MOMENT_MS);
  return { pretended, terminal, effects, screen };
}

/** Turns of the event loop until what was typed or told has been drawn. */
async function drawn(
  t: ExecutionContext,
  { screen }: ReturnType<typeof show>,
  expected: RegExp,
): Promise<string> {
  const frame = () => stripVTControlCharacters(screen.lastFrame() ?? "");
  for (let turn = 0; turn < 1000 && !expected.test(frame()); turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.regex(frame(), expected);
  return frame();
}

test("draws what the session shows, row by row", async (t) => {
  const shown = show(t);
  const frame = await drawn(t, shown, /n3 +o follower/);
  t.deepEqual(
    frame.split("\n").map((row) => row.trimEnd()),
    shown.pretended.text.split("\n").map((row) => row.trimEnd()),
  );
});

test("keys reach the session, also several at once", async (t) => {
  const shown = show(t);
  await drawn(t, shown, /> n1/);
  shown.screen.stdin.write("\x1b[B");
  await drawn(t, shown, /> n2/);
  shown.screen.stdin.write("j\r");
  await drawn(t, shown, /n3 o follower\nclients +n3:1/);
  shown.screen.stdin.write("\x1b");
  await drawn(t, shown, /> n3/);
  t.deepEqual(shown.effects, []);
});

test("quit and suspend are for whoever has the terminal", async (t) => {
  const shown = show(t);
  await drawn(t, shown, /n1/);
  for (const key of ["q", "\x03", "\x1a"]) shown.screen.stdin.write(key);
  t.deepEqual(shown.effects, ["quit", "quit", "suspend"]);
});

test("a terminal of another size is drawn anew", async (t) => {
  const shown = show(t);
  t.is((await drawn(t, shown, /LOG/)).split("\n").length, 23);
  shown.terminal.resize({ columns: 50, rows: 12 });
  const frame = await drawn(t, shown, /^(?!.*LOG)/s);
  t.is(frame.split("\n").length, 11);
});
