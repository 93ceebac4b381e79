#!/usr/bin/env node
require("../dist/src/daemon/bundle.cjs").main(process.argv.slice(2));
