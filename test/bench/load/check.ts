/**
 * Before anything is measured: does the thin client read back what it wrote, and notice when it is refused? A client that
 * took errors for answers would measure how fast a system refuses.
 */
import { KEY_EMPTY } from "./connection.js";
import { keyText, valuePool } from "./data.js";
import type { LoadJob } from "./job.js";
import { OneAtATime } from "./one-at-a-time.js";
import { openConnection } from "./open.js";

const CHECKED_KEYS = 4;

/** Rejects where the client or the system is not to be trusted. */
export async function checkClient({ system, address, keys, valueBytes }: LoadJob): Promise<void> {
  const pool = valuePool(valueBytes);
  const open = openConnection.bind(null, system);
  const client = await OneAtATime.open(open, { address, pool, valueBytes });
  for (let key = 0; key < Math.min(keys, CHECKED_KEYS); key++) {
    const valueStart = (Date.now() + key) % valueBytes;
    await client.put({ key, valueStart });
    const value = await client.get(key);
    if (Buffer.compare(value, pool.subarray(valueStart, valueStart + valueBytes)) !== 0) {
      throw new Error(`${system}: ${keyText(key)} was read back as something else`);
    }
  }
  const refused = await client.put({ key: KEY_EMPTY, valueStart: 0 }).then(
    () => false,
    () => true,
  );
  if (!refused) throw new Error(`${system}: a put without a key was taken for a success`);
  const missing = await client.get(2 ** 31 - 1).then(
    () => false,
    () => true,
  );
  if (!missing) throw new Error(`${system}: an absent key was taken for a value`);
  client.close();
}
