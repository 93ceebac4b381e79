import { createHash } from "node:crypto";
import test from "ava";
import { clusterId, parseCluster } from "../../src/daemon/cluster.js";

test("members come sorted by id, whatever the order they were given in", (t) => {
  t.deepEqual(parseCluster("b=[::1]:2, a=h.example:1"), [
    { id: "a", peerAddress: "h.example:1" },
    { id: "b", peerAddress: "[::1]:2" },
  ]);
});

test("the cluster id is the beginning of the SHA-256 of the sorted list", (t) => {
  const expected = createHash("sha256").update("n1=10.0.0.1:6841,n2=10.0.0.2:6841").digest().subarray(0, 8);
  const members = [
    { id: "n2", peerAddress: "10.0.0.2:6841" },
    { id: "n1", peerAddress: "10.0.0.1:6841" },
  ];
  t.deepEqual(Buffer.from(clusterId(members)), expected);
  t.notDeepEqual(clusterId(members.slice(1)), clusterId(members));
});
