import { createServer } from "node:net";
import test from "ava";
import { parseAddress } from "../../src/base/address.js";
import { closeServer, listen } from "../../src/net/listen.js";
import { NetError } from "../../src/net/net-error.js";

test("port 0 binds a free port, and the address says which", async (t) => {
  const server = createServer();
  t.teardown(() => closeServer(server));
  const address = await listen(server, "127.0.0.1:0", "clients");
  t.is(parseAddress(address)?.host, "127.0.0.1");
  t.true((parseAddress(address)?.port ?? 0) > 0);
});

test("faults of binding say what, where and what next", async (t) => {
  const server = createServer();
  t.teardown(() => closeServer(server));
  const taken = await listen(server, "127.0.0.1:0", "clients");
  for (const [address, code, part] of [
    [taken, "address-in-use", "another process listens there already; stop it, or listen on another port"],
    ["192.0.2.1:0", "address-unavailable", "this machine has no such address"],
    ["localhost", "address-invalid", 'cannot listen for clients on "localhost": expected HOST:PORT'],
    ["no-such-host.invalid:1", "address-unavailable", "does not resolve"],
  ] as const) {
    const error = await t.throwsAsync(listen(createServer(), address, "clients"), { instanceOf: NetError });
    t.is(error?.code, code, error?.message);
    t.true(error?.message.includes(part) && error.message.includes(address), error?.message);
  }
});

test("IPv6 addresses are bound and written in brackets", async (t) => {
  const server = createServer();
  t.teardown(() => closeServer(server));
  try {
    t.regex(await listen(server, "[::1]:0", "members"), /^\[::1\]:\d+$/);
  } catch (error) {
    // A machine without IPv6 says so.
    t.is((error as NetError).code, "address-unavailable", (error as NetError).message);
  }
});
