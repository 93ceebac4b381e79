// In a file of its own, and so in a process of its own, because it watches every socket there is.
import { Socket } from "node:net";
import test from "ava";
import { Clerk } from "../../src/clerk/clerk.js";
import { FakeCluster } from "./fake-cluster.js";
import { TcpMember } from "./tcp-member.js";

test("the requests of one turn leave in one write", async (t) => {
  const cluster = new FakeCluster(1);
  const port = new TcpMember(cluster.member("n1"));
  await port.listen();
  const clerk = new Clerk({ endpoints: [cluster.member("n1").address] });
  t.teardown(async () => {
    await clerk.close();
    await port.close();
  });
  await clerk.put("warm", "up");

  let writes = 0;
  const { write } = Socket.prototype;
  Socket.prototype.write = function (this: Socket, ...parameters: unknown[]): boolean {
    if (!port.sockets.has(this)) writes++;
    return Reflect.apply(write, this, parameters);
  };
  const appends = Array.from({ length: 400 }, (_, at) => clerk.append("log", `<${at}>`));
  t.is(writes, 0, "not within the turn");
  await new Promise((resolve) => setImmediate(resolve));
  t.is(writes, 1);
  await Promise.all(appends);
  Socket.prototype.write = write;
});
