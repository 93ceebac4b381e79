import { readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { MUTANTS } from "./catalogue/all.js";
import { edited, StaleMutantError } from "./mutant.js";
import { ROOT } from "./workshop.js";

const MUTANTS_MIN = 36;

test("there are enough mutants, each under a name of its own", (t) => {
  const names = MUTANTS.map(({ name }) => name);
  t.true(names.length >= MUTANTS_MIN);
  t.is(new Set(names).size, names.length);
  for (const name of names) t.regex(name, /^[a-z]+(-[a-z]+)*$/);
});

test("each mutant says what it breaks, and by which rule", (t) => {
  for (const { name, breaks } of MUTANTS) t.regex(breaks, /^[A-Z][^\n]+\.$/, name);
});

for (const mutant of MUTANTS) {
  test(`the sources still have the one place for ${mutant.name}`, (t) => {
    t.true(mutant.edits.length > 0);
    for (const edit of mutant.edits) {
      const source = readFileSync(path.join(ROOT, edit.file), "utf8");
      t.not(edited(source, mutant, edit), source);
    }
  });
}

test("a mutant whose text is gone, or stands there twice, is stale", (t) => {
  const edit = { file: "file.ts", find: "a + b", replace: "a - $& b" };
  const mutant = { name: "difference", breaks: "Adds wrongly.", edits: [edit] };
  t.is(edited("return a + b;", mutant, edit), "return a - $& b;");
  t.throws(() => edited("return b + a;", mutant, edit), { instanceOf: StaleMutantError });
  t.throws(() => edited("return a + b + (a + b);", mutant, edit), { instanceOf: StaleMutantError });
});
