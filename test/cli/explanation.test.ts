import test from "ava";
import { explanationJson, explanationText } from "../../src/cli/commands/explain.js";

const CREATED = { index: 17, term: 2, timeMs: 1_770_091_446_000 };
const CHANGED = { ...CREATED, index: 2 ** 40, term: 3, timeMs: 1_770_091_456_000 };
const CLIENT = { client: "00ff00ff00ff00ff", sequence: 5 };

test("one line for each thing that is known, aligned", (t) => {
  const explanation = {
    sizeBytes: 12,
    created: CREATED,
    changed: { ...CHANGED, ...CLIENT },
    appends: 3,
  };
  t.is(
    explanationText(explanation),
    `size        12 bytes
created     2026-02-03T04:04:06Z (within 10 s), index 17, term 2
changed     2026-02-03T04:04:16Z (within 10 s), index 1099511627776, term 3
written by  client 00ff00ff00ff00ff, sequence 5
appends     3 since the last put
`,
  );
});

test("a key that was put once was never changed", (t) => {
  const text = explanationText({
    sizeBytes: 1,
    created: CREATED,
    changed: { ...CREATED, ...CLIENT },
    appends: 0,
  });
  t.regex(text, /^size {8}1 byte$/m);
  t.regex(text, /^changed {5}never$/m);
  t.regex(text, /^appends {5}none since the last put$/m);
});

const NOTHING = { sizeBytes: 0, created: null, changed: null, appends: null };

test("what is unknown is called unknown", (t) => {
  t.is(
    explanationText(NOTHING),
    `size        0 bytes
created     unknown
changed     unknown
written by  unknown
appends     unknown
`,
  );
  t.regex(explanationText({ ...NOTHING, changed: { ...CHANGED, ...CLIENT } }), /^changed {5}2026/m);
  t.regex(
    explanationText({ ...NOTHING, created: { ...CREATED, timeMs: null } }),
    /^created {5}time unknown, index 17/m,
  );
});

test("JSON: what may need 64 bits is text, what is unknown is null", (t) => {
  const key = Buffer.from("k");
  const changed = { ...CHANGED, ...CLIENT };
  t.deepEqual(JSON.parse(explanationJson(key, { sizeBytes: 12, created: CREATED, changed, appends: 3 })), {
    version: 1,
    key: { base64: "aw==", utf8: "k" },
    sizeBytes: 12,
    created: { time: "2026-02-03T04:04:06Z", index: "17", term: "2" },
    changed: {
      time: "2026-02-03T04:04:16Z",
      index: "1099511627776",
      term: "3",
      client: "00ff00ff00ff00ff",
      sequence: "5",
    },
    appends: 3,
  });
  t.like(JSON.parse(explanationJson(key, NOTHING)), { created: null, changed: null, appends: null });
});
