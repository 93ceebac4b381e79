#!/usr/bin/env node
import("../dist/src/daemon/main.js").then(({ main }) => main(process.argv.slice(2)));
