/**
 * Loads a bundle together with the code that V8 made of it at the build (scripts/code-cache.js), so that a start need not compile it.
 * That code counts only if it belongs to this bundle and this build of Node, and is whole. V8 sees to its version and flags alone:
 * code of another source of the same length, or with a bit flipped, it would run. In every other case the bundle is loaded as it is.
 * Nothing is ever written here.
 */
const { readFileSync } = require("node:fs");
const { dirname } = require("node:path");
const { Script } = require("node:vm");

/** What the bundle in `file`, an absolute path, exports. */
exports.load = (file) => {
  const script = cachedScript(file);
  return script === null ? require(file) : exports.run(script, file);
};

/** The script of a bundle's bytes, all ASCII, with V8's code for it if there is any. */
exports.scriptOf = (file, source, cachedData) =>
  new Script(`(function (exports, require, module, __filename, __dirname) {${source.latin1Slice()}\n})`, {
    filename: file,
    cachedData,
  });

/** What it exports. It may require what is part of Node and what lies beside it, and cannot import: Node 20 forgets how for cached code. */
exports.run = (script, file) => {
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, file, dirname(file));
  return module.exports;
};

exports.cacheFileOf = (file) => `${file}.cache`;

/**
 * The contents of the cache: for which Node and which source the code is, and the code, twice. So all that a start has to do is to
 * compare; for any checksum it would have to load a part of Node that costs a third of what the cache gains.
 */
exports.pack = (source, code) => Buffer.concat([thisNode(), source, code, code]);

/** Null: there is no cache, or not for this. */
function cachedScript(file) {
  let source;
  let cache;
  try {
    source = readFileSync(file);
    cache = readFileSync(exports.cacheFileOf(file));
  } catch {
    return null;
  }
  const node = thisNode();
  const start = node.length + source.length;
  const middle = (start + cache.length) / 2;
  const first = cache.subarray(start, middle);
  const fits =
    start < middle &&
    cache.subarray(0, node.length).equals(node) &&
    cache.subarray(node.length, start).equals(source) &&
    first.equals(cache.subarray(middle));
  return fits ? exports.scriptOf(file, source, first) : null;
}

/** Which build of Node this is: those of one version may differ in what V8's code takes for granted. */
function thisNode() {
  const { arch, config, platform, version } = process;
  return Buffer.from(JSON.stringify([version, platform, arch, config]));
}
