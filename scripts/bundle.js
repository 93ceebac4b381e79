/** Makes one file of the daemon, and one of the commands that are over in a moment, from the modules in dist/. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { COMMANDS, SHORT_COMMANDS } from "../dist/src/cli/command-table.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** For what is loaded and never used: node:child_process by commander, and by protobufjs `long`, which is WebAssembly. */
const UNUSED = join(ROOT, "scripts/nothing.cjs");

const CLIENT = join(ROOT, "dist/src/wire/generated/client.js");
const PROTOBUF = join(ROOT, "dist/src/wire/protobuf.js");

/** What most runs of a short command do without is in a file of its own, which is loaded when it is needed. */
const LATE = `module.exports = {
  get commander() { return require("commander"); },
  get toml() { return require("smol-toml"); },
  get client() { return require(${JSON.stringify(CLIENT)}).kvraft; },
  get protobuf() { return require(${JSON.stringify(PROTOBUF)}).default; },
};`;

/** Their files are loaded as they are. */
const LONG_COMMANDS = Object.keys(COMMANDS).filter((name) => !(name in SHORT_COMMANDS));

const late = 'require(__dirname + "/late.cjs")';
/**
 * What stands for it in the bundle. commander and smol-toml are loaded by modules that are late themselves; the other two are imported
 * from the start, so each stands for an object whose properties are looked for in the real one when they are asked for.
 */
const STANDINS = new Map([
  ["commander", `module.exports = ${late}.commander;`],
  ["smol-toml", `module.exports = ${late}.toml;`],
  [CLIENT, `export const kvraft = new Proxy({}, { get: (_, key) => ${late}.client[key] });`],
  [PROTOBUF, `export default new Proxy({}, { get: (_, key) => ${late}.protobuf[key] });`],
]);

const standIns = {
  name: "stand-ins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path, resolveDir }) => {
      const file = path.startsWith(".") ? join(resolveDir, path) : path;
      return STANDINS.has(file) ? { path: file, namespace: "stand-in" } : null;
    });
    onLoad({ filter: /./, namespace: "stand-in" }, ({ path }) => ({ contents: STANDINS.get(path) }));
  },
};

function bundle(file, options) {
  return build({
    absWorkingDir: ROOT,
    outfile: `dist/src/${file}`,
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: "warning",
    alias: { "node:child_process": UNUSED, long: UNUSED },
    define: { "import.meta.dirname": "__dirname" },
    ...options,
  });
}

await bundle("daemon/bundle.cjs", {
  entryPoints: ["dist/src/daemon/main.js"],
  // Few members have a metrics port: its HTTP and prom-client are loaded by those alone.
  external: ["fs-native-extensions", "./metrics/server.js"],
});
await bundle("cli/late.cjs", { stdin: { contents: LATE, resolveDir: ROOT } });
await bundle("cli/bundle.cjs", {
  entryPoints: ["dist/src/cli/launch.js"],
  external: LONG_COMMANDS.map((name) => `./commands/${name}.js`),
  plugins: [standIns],
});
