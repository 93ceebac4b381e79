import test from "ava";
import {
  afterAppend,
  afterPut,
  type KeyMetadata,
  loggedSeconds,
  METADATA_BYTES,
  readMetadata,
  UNKNOWN_METADATA,
  writeMetadata,
} from "../../src/kv/key-metadata.js";
import { CHANGE } from "./changes.js";

test("a put keeps the creation and forgets the appends; an append counts, and creates as well", (t) => {
  const created = afterAppend(null, CHANGE);
  t.like(created, { createdIndex: 1, createdSeconds: 5, changedIndex: 1, appends: 1 });
  const again = afterAppend(created, { ...CHANGE, index: 2, seconds: 9, sequence: 2 });
  t.like(again, { createdIndex: 1, createdSeconds: 5, changedIndex: 2, changedSeconds: 9, appends: 2 });
  const put = afterPut(again, { ...CHANGE, index: 3, clientId: "client-b" });
  t.like(put, { createdIndex: 1, changedIndex: 3, clientId: "client-b", appends: 0 });
});

test("what was not known stays so until it is known for certain", (t) => {
  const appended = afterAppend(UNKNOWN_METADATA, CHANGE);
  t.like(appended, { createdIndex: 0, changedIndex: 1, clientId: "client-a", appends: null });
  t.like(afterAppend(afterPut(appended, CHANGE), CHANGE), { createdIndex: 0, appends: 1 });
});

test("appends are counted as far as there is room, and are then not known, rather than wrong", (t) => {
  const memory = new Uint8Array(METADATA_BYTES);
  let metadata: KeyMetadata = { ...afterPut(null, CHANGE), appends: 2 ** 32 - 3 };
  for (const expected of [2 ** 32 - 2, null, null]) {
    writeMetadata(memory, 0, afterAppend(metadata, CHANGE));
    metadata = readMetadata(memory, 0);
    t.is(metadata.appends, expected);
  }
});

test("the logged clock is kept in whole seconds that are not before it, up to the last one that there is room for", (t) => {
  t.deepEqual([0, 1, 1000, 1001].map(loggedSeconds), [0, 1, 1, 2]);
  t.is(loggedSeconds(Number.MAX_SAFE_INTEGER), 2 ** 32 - 1);
});
