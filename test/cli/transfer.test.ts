import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import type { Pair } from "../../src/clerk/clerk.js";
import { CliError } from "../../src/cli/failure.js";
import { ExportFile } from "../../src/cli/transfer/export-file.js";
import { Importer } from "../../src/cli/transfer/importer.js";
import { pairLine, parsePairLine } from "../../src/cli/transfer/line.js";
import { Progress } from "../../src/cli/transfer/progress.js";
import { temporaryDirectory } from "./temporary-directory.js";

function pairOf(key: string, value: string): Pair {
  return { key: Buffer.from(key), value: Buffer.from(value) };
}

test("a pair is read back from its line as it was", (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), fc.uint8Array(), (key, value) => {
      const read = parsePairLine(pairLine({ key, value }).trimEnd());
      t.deepEqual([...(read?.key ?? [])], [...key]);
      t.deepEqual([...(read?.value ?? [])], [...value]);
    }),
  );
});

test("a person may write text; what is no pair is refused", (t) => {
  const written = parsePairLine('{"key":{"utf8":"ключ"},"value":{"utf8":""}}');
  t.is(Buffer.from(written?.key ?? []).toString(), "ключ");
  for (const line of [
    "x",
    "null",
    "{}",
    '{"key":{"utf8":"k"}}',
    '{"key":{"utf8":""},"value":{"utf8":"v"}}',
    '{"key":{"base64":"a"},"value":{"utf8":"v"}}',
    '{"key":"k","value":"v"}',
    '{"__proto__":{"key":{"utf8":"k"},"value":{"utf8":"v"}}}',
  ]) {
    t.is(parsePairLine(line), null, line);
  }
});

test("an export that broke off anywhere is gone on with after its last whole line", async (t) => {
  const path = join(await temporaryDirectory(t), "export");
  const lines = ["a", "b", "c"].map((key) => pairLine(pairOf(key, key.repeat(100_000))));
  const whole = lines.join("");
  for (const cut of [0, 1, 50, lines[0]?.length ?? 0, whole.length / 2, whole.length - 1, whole.length]) {
    writeFileSync(path, whole.slice(0, cut));
    const file = new ExportFile(path, true);
    const kept = lines.filter((_, at) => lines.slice(0, at + 1).join("").length <= cut).length;
    t.is(
      file.lastKey === null ? null : Buffer.from(file.lastKey).toString(),
      ["a", "b", "c"][kept - 1] ?? null,
    );
    file.write(lines.slice(kept).join(""));
    file.close();
    t.is(readFileSync(path, "utf8"), whole);
  }
  t.throws(() => new ExportFile(path, false), { instanceOf: CliError, message: /there already/ });
  writeFileSync(path, "no export\nrest");
  t.throws(() => new ExportFile(path, true), { instanceOf: CliError, message: /no pair/ });
  t.is(readFileSync(path, "utf8"), "no export\nrest");
});

/** Takes puts in any order, and fails those of `refused`. */
class Target {
  readonly values = new Map<string, string>();
  readonly refused = new Set<string>();
  underWay = 0;
  most = 0;

  readonly put = (key: unknown, value: unknown) => this.#write(key, () => String(value));

  readonly append = (key: unknown, value: unknown) =>
    this.#write(key, (name) => (this.values.get(name) ?? "") + String(value));

  async #write(key: unknown, make: (name: string) => string): Promise<void> {
    const name = String(key);
    this.underWay++;
    this.most = Math.max(this.most, this.underWay);
    for (let turns = name.length % 7; turns >= 0; turns--) await new Promise(setImmediate);
    this.underWay--;
    if (this.refused.has(name)) throw new Error(`refused ${name}`);
    this.values.set(name, make(name));
  }
}

test("an import puts many pairs at a time, the lines of one key in their order", async (t) => {
  const target = new Target();
  let done = 0;
  const importer = new Importer(target, { skipped: 0, onDone: () => done++ });
  for (let line = 1; line <= 1000; line++) {
    await importer.add(pairOf(`key ${"x".repeat(line % 50)}`, `line ${line}`), line);
  }
  await importer.finish();
  t.is(done, 1000);
  t.is(importer.storedLines, 1000);
  t.true(target.most > 20 && target.most <= 64, `${target.most} at a time`);
  for (let at = 0; at < 50; at++) {
    t.is(target.values.get(`key ${"x".repeat(at)}`), `line ${950 + (at === 0 ? 50 : at)}`);
  }
});

test("a value that is too large for a request is put in pieces", async (t) => {
  const target = new Target();
  const importer = new Importer(target, { skipped: 0, onDone: () => {} });
  await importer.add(pairOf("k", "v".repeat(1_000_000)), 1);
  await importer.finish();
  t.is(target.values.get("k"), "v".repeat(1_000_000));
});

test("an import that fails tells up to where everything is stored", async (t) => {
  const target = new Target();
  target.refused.add("key 30");
  const importer = new Importer(target, { skipped: 10, onDone: () => {} });
  const all = async () => {
    for (let line = 11; line <= 500; line++) await importer.add(pairOf(`key ${line}`, "v"), line);
    await importer.finish();
  };
  await t.throwsAsync(all(), { message: "refused key 30" });
  await t.throwsAsync(importer.finish());
  t.is(importer.storedLines, 29);
  t.true(target.values.size < 200);
});

test("progress is shown on a terminal alone, after half a second, and cleared", (t) => {
  for (const isTTY of [true, false]) {
    let nowMs = 0;
    let text = "";
    const progress = new Progress({ isTTY, write: (piece) => (text += piece) }, () => nowMs);
    progress.add(1000);
    t.is(text, "");
    nowMs = 600;
    progress.add(2 ** 20);
    nowMs = 700;
    progress.add(2 ** 20);
    t.is(text, isTTY ? "\r\x1b[K2 pairs, 1.0 MiB, 3 a second" : "");
    progress.end();
    t.is(text.endsWith("\r\x1b[K"), isTTY);
  }
});
