/**
 * Flags of Node for a member, which `bin/kvraftd.js` names in its first line and whoever starts that file by Node itself
 * should give too. Without them everything works, and takes more memory.
 */

export const NODE_FLAGS: readonly string[] = [
  // A young generation of 4 MiB a half. Almost all that a request makes is of no use when it is answered, so a larger one is no
  // faster: measured, 2 to 32 MiB serve as many requests a second, and V8's own choice of 16 costs 25 MiB more.
  "--max-semi-space-size=4",
  // The old generation grows by 30 % before it is collected, instead of up to fourfold. What lives long lies outside of it,
  // or stays: it grows with new keys and with little else. Measured with a million keys: 255 MiB instead of 270 to 385.
  "--heap-growing-percent=30",
];
