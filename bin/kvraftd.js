#!/usr/bin/env -S node --max-semi-space-size=4
require("../dist/src/daemon/bundle.cjs").main(process.argv.slice(2));
