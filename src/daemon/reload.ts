/** SIGHUP: the configuration is read once more, and what can change while the member runs changes. */
import { type ConfigSources, changedSettings, readConfig } from "./config.js";
import { StartError } from "./failure.js";
import type { Log } from "./logging.js";
import { SETTINGS } from "./settings.js";

export interface ReloadOptions {
  /** What the member was started with. */
  readonly running: ConfigSources;
  /** Reads the sources again. @throws StartError */
  readonly read: () => ConfigSources;
  readonly log: Log;
}

/** Where the configuration makes no sense any more nothing changes, and the log says why. */
export function reload({ running, read, log }: ReloadOptions): void {
  try {
    const sources = read();
    const { logLevel } = readConfig(sources);
    const changed = changedSettings(running, sources).filter((name) => name !== SETTINGS.logLevel.name);
    log.setLevel(logLevel);
    log.write("info", "configuration read again", { logLevel });
    if (changed.length > 0) log.write("warn", "changed settings wait for the next start", { changed });
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    log.write("error", "the configuration makes no sense, and nothing was changed", {
      reason: error.message,
    });
  }
}
