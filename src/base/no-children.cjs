// Stands in the bundles for node:child_process, which commander loads for commands that are programs of their own: there are none.
module.exports = {};
