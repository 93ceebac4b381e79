#!/usr/bin/env node
require("../dist/src/cli/bundle.cjs").launch(process.argv.slice(2));
