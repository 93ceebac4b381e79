/** Which systemd there is: newer ones can do more for the unit. */

/** Null: none. */
export function systemdVersion(): number | null {
  // The bundle has no such module: whatever is measured in milliseconds does without.
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const { stdout } = spawnSync("systemctl", ["--version"], { encoding: "utf8" });
  const version = /^systemd (\d+)/.exec(stdout ?? "")?.[1];
  return version === undefined ? null : Number(version);
}
