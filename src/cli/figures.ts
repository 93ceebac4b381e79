/** Sizes, counts and times as people read them: short, and with their units. */

export function formatSize(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let size = bytes;
  while (size >= 1024 && units.length > 1) {
    size /= 1024;
    units.shift();
  }
  return units[0] === "B" ? `${size} B` : `${size.toFixed(1)} ${units[0]}`;
}

/** Every digit: `1,234,567`. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Five characters at most, up to 10¹²: `9999`, `12.3k`, `1.2M`. */
export function formatRoughly(count: number): string {
  const units = ["", "k", "M", "G"];
  let rest = Math.round(count);
  if (rest < 10_000) return String(rest);
  while (rest >= 1000 && units.length > 1) {
    rest /= 1000;
    units.shift();
  }
  return `${rest < 99.95 ? rest.toFixed(1) : Math.round(rest)}${units[0]}`;
}

/** One unit: `120 ms`, `4.2 s`, `42 s`, `12 min`, `5 h`, `3 d`. */
export function formatAge(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.floor(ms))} ms`;
  const seconds = ms / 1000;
  if (seconds < 10) return `${(Math.floor(seconds * 10) / 10).toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** Of microseconds: `0.42 ms`, `12.3 ms`, `120 ms`, `1.50 s`. */
export function formatLatency(us: number): string {
  const ms = us / 1000;
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** As it would be typed: `250 ms`, `1 s`. */
export function formatInterval(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}
