/**
 * The walls between the floors that the compiler does not hold by itself, and proof that it holds the others.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import test from "ava";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const SOURCES = path.join(ROOT, "src");
const PURE = ["base", "raft", "kv", "lin"];
const WITHOUT_NODE = [...PURE, "server"];

function sources(folder: string): { name: string; source: string }[] {
  const files = readdirSync(path.join(SOURCES, folder), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".d.ts"))
    .map((file) => ({
      name: `${folder}/${file}`,
      source: readFileSync(path.join(SOURCES, folder, file), "utf8"),
    }));
}

/** Comments may speak of what the code must not do. */
const code = (source: string) => source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");

for (const folder of WITHOUT_NODE) {
  test(`${folder}/ has no clock and no randomness of its own`, (t) => {
    for (const { name, source } of sources(folder)) {
      t.notRegex(code(source), /\bDate\b|Math\s*\.\s*random|\bperformance\b|\bglobalThis\b/, name);
    }
  });
}

for (const folder of PURE) {
  test(`${folder}/ is synchronous`, (t) => {
    for (const { name, source } of sources(folder))
      t.notRegex(code(source), /\basync\b|\bawait\b|\bPromise\b/, name);
  });
}

test("raft/, kv/ and lin/ do not import each other, and only wire/ imports protobufjs", (t) => {
  for (const { name, source } of PURE.flatMap(sources)) t.notRegex(source, /from "\.\.\/(?!base\/)/, name);
  for (const folder of readdirSync(SOURCES).filter((entry) => !entry.includes(".") && entry !== "wire")) {
    for (const { name, source } of sources(folder)) t.notRegex(source, /protobufjs|generated\//, name);
  }
});

test("every source file says what it is for", (t) => {
  for (const folder of readdirSync(SOURCES).filter((entry) => !entry.includes("."))) {
    for (const { name, source } of sources(folder)) {
      if (!name.includes("generated/")) t.true(source.startsWith("/**"), name);
    }
  }
});

const FORBIDDEN = {
  timers: "setTimeout(() => {}, 1);",
  process: "process.exit(1);",
  Buffer: "Buffer.alloc(1);",
  console: 'console.log("");',
  "node modules": 'import "node:fs"; import { readFileSync } from "node:fs"; readFileSync("x");',
  TextEncoder: "new TextEncoder();",
};

for (const [what, line] of Object.entries(FORBIDDEN)) {
  test(`the compiler refuses ${what} on the floors without Node, and only there`, async (t) => {
    t.deepEqual(await errorsIn(line, "tsconfig.node.json"), []);
    t.not((await errorsIn(line, "tsconfig.pure.json")).length, 0);
  });
}

/** What the compiler says of `line` under one of the settings. */
async function errorsIn(line: string, settings: string): Promise<string[]> {
  // Inside the repository, so that Node's types are within reach of whoever may see them.
  const folder = mkdtempSync(path.join(ROOT, "dist/compile-"));
  try {
    const config = {
      extends: path.join(SOURCES, settings),
      compilerOptions: { rootDir: ".", noEmit: true, composite: false },
      files: ["probe.ts"],
    };
    writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify(config));
    writeFileSync(path.join(folder, "probe.ts"), `export {};\n${line}\n`);
    const compiler = path.join(ROOT, "node_modules/typescript/bin/tsc");
    const child = spawn(process.execPath, [compiler, "--project", folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    return (await text(child.stdout)).split("\n").filter((said) => said.includes("error TS"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
