// Stands in the bundles for modules that are loaded and never used (bundle.js).
module.exports = {};
