/** A short run of every target, the inputs that have once shown a fault, and proof that the fuzzer can fail. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { watchAllocations } from "./allocations.js";
import { faultOf } from "./case.js";
import { Draw } from "./draw.js";
import { keptCases } from "./kept.js";
import { runTargets } from "./run.js";
import type { Target } from "./target.js";
import { TARGETS } from "./targets.js";

const CASES = 30_000;
const SEED = 7;

watchAllocations();

for (const target of TARGETS) {
  const shares = TARGETS.reduce((sum, { share }) => sum + share, 0);
  const count = Math.ceil((CASES * target.share) / shares);
  test.serial(`${target.name}: ${count} hostile inputs do no harm`, async (t) => {
    for (let number = 0; number < count; number++) {
      const fault = await faultOf(target, target.make(new Draw({ seed: SEED, number })));
      if (fault !== null) return t.fail(`--seed ${SEED} --case ${number}: ${fault.stack}`);
    }
    t.pass();
  });
}

for (const { target: name, name: file, title, input } of keptCases()) {
  test.serial(`once a fault, ${name}/${file}: ${title.slice(0, 100)}`, async (t) => {
    const target = TARGETS.find((candidate) => candidate.name === name);
    t.truthy(target);
    if (target !== undefined) t.is(await faultOf(target, input), null);
  });
}

for (const target of TARGETS) {
  test.serial(`${target.name}: one number gives one input`, (t) => {
    for (let number = 0; number < 20; number++) {
      const [one, other] = [1, 2].map(() => target.make(new Draw({ seed: 3, number })));
      t.deepEqual(one, other);
    }
  });
}

/** Runs a target with a fault in it; gives what the fuzzer says. */
async function output(t: ExecutionContext, judge: Target["judge"], cases: number): Promise<string> {
  const keptIn = await mkdtemp(path.join(tmpdir(), "kvraft-fuzz-"));
  t.teardown(() => rm(keptIn, { recursive: true }));
  const lines: string[] = [];
  const planted: Target = { name: "planted", share: 1, make: (draw) => draw.bytes(8), judge };
  const sound = await runTargets([planted], { seed: 1, cases, keptIn, print: (line) => lines.push(line) });
  t.false(sound);
  const kept = keptCases(keptIn);
  for (const { input } of kept)
    t.not(await faultOf(planted, input), null, "what is kept shows the fault again");
  return lines.join("\n");
}

test.serial("an error that is no refusal is found, shown with its input, and kept", async (t) => {
  const judge = (input: Uint8Array): void => {
    if (input[0] === 17) throw new TypeError("a byte that nobody thought of");
  };
  const said = await output(t, judge, 3000);
  t.regex(said, /TypeError: a byte that nobody thought of/);
  t.regex(said, /replay: npm run fuzz -- --target planted --seed 1 --case \d+\n/);
  t.regex(said, / {5}0 {2}11[0-9a-f]{14}/);
});

test.serial(
  "PITFALLS 54: memory that is asked for by a length alone is found, though the error is swallowed",
  async (t) => {
    const judge = (input: Uint8Array): void => {
      try {
        new Uint8Array(Buffer.from(input).readUInt32BE(0));
      } catch {
        // As a decoder might that turns every error into a refusal.
      }
    };
    t.regex(await output(t, judge, 5), /a buffer of \d+ bytes was asked for/);
  },
);

test.serial("an input that takes too long is found", async (t) => {
  const judge = (): void => {
    for (const before = process.cpuUsage(); process.cpuUsage(before).user < 120_000; );
  };
  t.regex(await output(t, judge, 1), /it takes \d+ ms/);
});

test.serial("a promise that is rejected is found", async (t) => {
  const judge = async (): Promise<void> => Promise.reject(new RangeError("later"));
  t.regex(await output(t, judge, 1), /RangeError: later/);
});

test.serial("memory that is left behind is found", async (t) => {
  const left: Uint8Array[] = [];
  const judge = (): void => void left.push(new Uint8Array(100_000).fill(1));
  t.regex(await output(t, judge, 2000), /memory grew by more than 64 MiB/);
});
