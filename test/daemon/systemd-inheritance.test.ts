import { closeSync, openSync } from "node:fs";
import test from "ava";
import { StartError } from "../../src/daemon/failure.js";
import { takeDescriptors } from "../../src/daemon/systemd/inheritance.js";
import { boundSocket } from "../../src/net/bound-socket.js";

const PID = 42;

function environment(names: string, count = names.split(":").length): NodeJS.ProcessEnv {
  return { PATH: "/bin", LISTEN_PID: String(PID), LISTEN_FDS: String(count), LISTEN_FDNAMES: names };
}

test("descriptors are numbered from 3 on in the order of their names, and told to no child process", (t) => {
  const variables = environment("peer:notify:client");
  t.deepEqual(
    [...takeDescriptors(variables, PID)],
    [
      ["peer", 3],
      ["notify", 4],
      ["client", 5],
    ],
  );
  t.deepEqual(variables, { PATH: "/bin" });
});

test("what is meant for another process is none of this one's, and none is none", (t) => {
  t.is(takeDescriptors(environment("client"), PID + 1).size, 0);
  t.is(takeDescriptors({}, PID).size, 0);
  t.is(takeDescriptors({ LISTEN_PID: String(PID), LISTEN_FDS: "0", LISTEN_FDNAMES: "" }, PID).size, 0);
});

for (const [names, count, message] of [
  [
    "kvraftd.socket",
    1,
    /"kvraftd.socket" is none of client, peer, .*notify\nTry: FileDescriptorName=client or peer/,
  ],
  ["client:client", 2, /"client" stands there twice/],
  ["client", 2, /"client" does not name LISTEN_FDS=2 descriptors/],
  ["", 1, /"" does not name LISTEN_FDS=1 descriptors/],
] as const) {
  test(`refused with status 78: ${count} descriptors named "${names}"`, (t) => {
    const take = () => takeDescriptors(environment(names, count), PID);
    t.is(t.throws(take, { instanceOf: StartError, message })?.status, 78);
  });
}

test("a file is no socket that listens, and no descriptor at all is none either", (t) => {
  const file = openSync("/dev/null", "r");
  t.is(boundSocket(file), null);
  closeSync(file);
  t.is(boundSocket(file), null);
});
