import { readFile, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import test from "ava";
import { CliError } from "../../src/cli/failure.js";
import { planMembers } from "../../src/cli/playground/layout.js";
import { temporaryDirectory } from "./temporary-directory.js";

const quiet = { firstPort: 6840, remark: () => {} };

test("members have a client and a peer port each, all different", async (t) => {
  const members = await planMembers(await temporaryDirectory(t), { count: 5, ...quiet });
  t.deepEqual(
    members.map((member) => member.id),
    ["n1", "n2", "n3", "n4", "n5"],
  );
  const ports = members.flatMap(({ clientPort, peerPort }) => [clientPort, peerPort]);
  t.is(new Set(ports).size, 10);
  t.true(ports.every((port) => port > 0));
});

test("three members where nothing is said", async (t) => {
  t.is((await planMembers(await temporaryDirectory(t), { count: null, ...quiet })).length, 3);
});

test("a taken port is replaced by a free one, and that is said", async (t) => {
  const holder = createServer();
  await new Promise<void>((resolve) => void holder.listen({ host: "127.0.0.1", port: 0 }, resolve));
  t.teardown(() => void holder.close());
  const { port } = holder.address() as AddressInfo;
  const remarks: string[] = [];
  const wishes = { count: 1, firstPort: port, remark: (text: string) => void remarks.push(text) };
  const [member] = await planMembers(await temporaryDirectory(t), wishes);
  t.not(member?.clientPort, port);
  t.regex(remarks.join("\n"), new RegExp(`^port .*${port}.* is taken`));
});

test("PITFALLS 48: a kept playground keeps its members and ports", async (t) => {
  const path = await temporaryDirectory(t);
  const members = await planMembers(path, { count: 2, ...quiet });
  t.deepEqual(await planMembers(path, { count: null, ...quiet }), members);
  t.deepEqual(await planMembers(path, { count: 2, ...quiet }), members);
  const error = await t.throwsAsync(planMembers(path, { count: 3, ...quiet }), { instanceOf: CliError });
  t.is(error.status, 64);
});

for (const text of [
  "",
  "null",
  "{}",
  '{"version":2,"members":[]}',
  '{"version":1,"members":[{"id":"n1"}]}',
]) {
  test(`a playground file with ${JSON.stringify(text)} is refused and stays as it is`, async (t) => {
    const path = await temporaryDirectory(t);
    await writeFile(join(path, "playground.json"), text);
    const error = await t.throwsAsync(planMembers(path, { count: null, ...quiet }), { instanceOf: CliError });
    t.is(error.status, 78);
    t.is(await readFile(join(path, "playground.json"), "utf8"), text);
  });
}
