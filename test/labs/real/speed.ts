/** A thousand appends, one after the other, each of them on the disks of a majority before the next. */
import { judge } from "./judge.js";
import type { Lab } from "./lab.js";

const APPENDS = 1000;
/** The suites' own limit: three operations a heartbeat of 100 ms. */
const MEAN_MS_MAX = 100 / 3;

export async function speed(lab: Lab): Promise<void> {
  const cluster = await lab.cluster({ members: 3 });
  await cluster.start();
  const client = await lab.client(cluster, { number: 0 });
  await client.must({ op: "get", key: "x" });
  const startMs = performance.now();
  let expected = "";
  for (let number = 0; number < APPENDS; number++) {
    const piece = `x 0 ${number} y`;
    await client.must({ op: "append", key: "x", value: piece });
    expected += piece;
  }
  const meanMs = (performance.now() - startMs) / APPENDS;
  if ((await client.must({ op: "get", key: "x" })) !== expected) {
    throw new Error("the value is not what was appended, each piece once and in order");
  }
  lab.note = `${meanMs.toFixed(2)} ms an append`;
  if (meanMs > MEAN_MS_MAX) throw new Error(`${lab.note}, and ${MEAN_MS_MAX.toFixed(1)} ms are allowed`);
  judge(lab.recorder.history());
}
