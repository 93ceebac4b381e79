import { readFileSync } from "node:fs";
import test from "ava";
import { EXIT, type ExitStatus } from "../../src/base/exit-status.js";
import { ClerkError, type ClerkErrorCode } from "../../src/clerk/clerk-error.js";
import { explain, explainInterruption } from "../../src/cli/explain.js";
import { CliError, OutputClosedError } from "../../src/cli/failure.js";
import type { Operation } from "../../src/cli/invocation.js";

const PUT: Operation = {
  name: 'put "k"',
  isWrite: true,
  settings: { endpoints: ["a:1", "b:2"], timeoutMs: 5000, output: "text" },
};

const STATUS_OF_CODE: Readonly<Record<ClerkErrorCode, ExitStatus>> = {
  "no-leader": 69,
  unreachable: 69,
  timeout: 69,
  overloaded: 69,
  "session-expired": 69,
  closed: 69,
  "key-empty": 65,
  "key-too-large": 65,
  "value-too-large": 65,
  "value-over-limit": 65,
  invalid: 65,
};

for (const [code, status] of Object.entries(STATUS_OF_CODE)) {
  test(`PITFALLS 36: ${code} is status ${status} when nothing was done, 75 when the outcome is unknown`, (t) => {
    const known = explain(new ClerkError(code as ClerkErrorCode, "what happened"), PUT);
    t.is(known.status, status);
    t.true(known.text.startsWith("kvraft: "));
    t.true(known.text.includes("what happened"));
    const unknown = explain(new ClerkError(code as ClerkErrorCode, "what happened", true), PUT);
    t.is(unknown.status, 75);
  });
}

test("what a command has understood keeps its status and advice", (t) => {
  t.deepEqual(explain(new CliError(EXIT.io, "it broke", "Try: again"), null), {
    status: 74,
    text: "kvraft: it broke\nkvraft: Try: again\n",
  });
});

test("a reader that has gone is no failure, and nobody is told", (t) => {
  t.deepEqual(explain(new OutputClosedError("gone"), PUT), { status: 0, text: "" });
});

test("what the operating system refuses is status 74, with its words", (t) => {
  const refused = t.throws(() => readFileSync("/nonexistent/file"));
  const { status, text } = explain(refused, null);
  t.is(status, 74);
  t.regex(text, /^kvraft: ENOENT: .*\/nonexistent\/file'\n$/);
});

test("a bug says that it is one, with its trace; nothing else has a trace", (t) => {
  const bug = explain(new TypeError("x is not a function"), PUT);
  t.is(bug.status, 70);
  t.regex(bug.text, /bug in kvraft.*\n.*TypeError: x is not a function\n\s+at /);
  t.notRegex(explain(new ClerkError("timeout", "late"), PUT).text, /\n\s+at /);
});

test("Ctrl-C is status 130; during a write it says that the outcome is unknown", (t) => {
  t.deepEqual(explainInterruption(null), { status: 130, text: "" });
  t.deepEqual(explainInterruption({ ...PUT, isWrite: false }), { status: 130, text: "" });
  const write = explainInterruption(PUT);
  t.is(write.status, 130);
  t.regex(write.text, /^kvraft: interrupted: the outcome of put "k" is unknown/);
});
