#!/usr/bin/env node
const { join } = require("node:path");
const { load } = require("./load.js");
const { launch } = load(join(__dirname, "../dist/src/cli/bundle.cjs"));
launch(process.argv.slice(2), () => import("../dist/src/cli/main.js"));
