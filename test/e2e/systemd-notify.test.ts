import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import test from "ava";
import { parseAddress } from "../../src/base/address.js";
import { Cluster } from "./cluster.js";
import { eventually, freePorts, temporaryDirectory } from "./processes.js";
import { hasPython, isAlive, ServiceManager, withDescriptors } from "./service-manager.js";

const PRELOAD = new URL("disk-faults/preload.js", import.meta.url).href;
const WATCHDOG_MS = 300;

const withPython = hasPython() ? test : test.skip;

async function answers(address: string): Promise<boolean> {
  const socket = connect({ ...(parseAddress(address) ?? { host: "", port: 0 }) });
  await once(socket, "connect");
  socket.destroy();
  return true;
}

withPython(
  "systemd is told of recovery, readiness, role and the end; a killed helper is replaced, and none outlives the member",
  async (t) => {
    const manager = await ServiceManager.start(t);
    const life = manager.life({ watchdogMs: WATCHDOG_MS });
    const cluster = await Cluster.prepare(t, { members: 1, life });
    const [member] = cluster.members;
    if (member === undefined) return t.fail();
    const started = member.start();
    const { pid: helper } = await manager.told(/^READY=1$/);
    t.not(helper, member.pid);
    t.true(await answers(member.client));
    t.true(await answers(member.peer));
    await started;
    await manager.told(/^STATUS=leader, term 1, commit index 1$/);
    await cluster.clerk(t).put("k", "v");
    await manager.told(/^STATUS=leader, term 1, commit index [2-9]$/);
    await manager.told(/^WATCHDOG=1$/);

    process.kill(helper, "SIGKILL");
    const before = manager.messages.length;
    const again = await manager.told(/^READY=1$/, before);
    t.not(again.pid, helper);
    await manager.told(/^WATCHDOG=1$/, before);
    t.regex(member.log, /"level":"warn".*the helper that notifies the service manager has ended/);

    t.is(await member.end("SIGTERM"), 0);
    await manager.told(/^STOPPING=1$/);
    await eventually("the helper ends with the member", async () => (isAlive(again.pid) ? null : true));

    const secondLife = manager.messages.length;
    await member.start();
    await manager.told(/^READY=1$/, secondLife);
    const [first] = manager.messages.slice(secondLife);
    t.deepEqual(first?.lines, ["EXTEND_TIMEOUT_USEC=60000000", "STATUS=recovering"], "while the log is read");
  },
);

withPython(
  "the watchdog is fed while the member gets on, without a quorum too, and not while its disk hangs",
  async (t) => {
    const manager = await ServiceManager.start(t);
    const life = { ...manager.life({ watchdogMs: WATCHDOG_MS }), preload: PRELOAD };
    const cluster = await Cluster.start(t, { members: 1, life });
    const [member] = cluster.members;
    const clerk = cluster.clerk(t);
    await clerk.put("k", "the session is open");
    const fed = () => manager.count("WATCHDOG=1");
    const eventuallyFed = async () => {
      const before = fed();
      await eventually("the watchdog is fed", async () => (fed() >= before + 3 ? true : null));
    };
    await eventuallyFed();

    const hangMs = 5 * WATCHDOG_MS;
    member?.tell(`slow ${hangMs}`);
    const before = fed();
    await clerk.put("k", "waits for the disk");
    // Else it would have been fifteen times. Once for each record that hangs is right: when that is first seen.
    t.true(fed() - before <= 5, `${fed() - before} times`);
    t.regex(
      member?.log ?? "",
      /"level":"warn".*a record of the log does not get to the disk.*this member hangs/,
    );
    member?.tell("slow 0");
    await eventuallyFed();

    // Alone among three: nobody leads, and nothing is wrong with it.
    const lonely = await ServiceManager.start(t);
    const three = await Cluster.prepare(t, { life: lonely.life({ watchdogMs: WATCHDOG_MS }) });
    await three.members[0]?.start();
    await lonely.told(/^STATUS=(follower|pre-candidate|candidate), term \d+, commit index 0$/);
    await eventually("the watchdog is fed", async () => (lonely.count("WATCHDOG=1") >= 10 ? true : null));
  },
);

withPython(
  "SIGHUP reads the configuration again: the log level changes, the rest waits, and what makes no sense changes nothing",
  async (t) => {
    const manager = await ServiceManager.start(t);
    const config = join(await temporaryDirectory(t), "n1.toml");
    await writeFile(config, 'log-level = "error"\n');
    const cluster = await Cluster.prepare(t, {
      members: 1,
      life: manager.life(),
      flags: ["--config", config],
    });
    const [member] = cluster.members;
    if (member === undefined) return t.fail();
    await member.start();
    const reload = async (text: string): Promise<string> => {
      await writeFile(config, text);
      const [messages, logged] = [manager.messages.length, member.log.length];
      member.signal("SIGHUP");
      const { lines } = await manager.told(/^RELOADING=1$/, messages);
      const sentUs = Number(lines.find((line) => line.startsWith("MONOTONIC_USEC="))?.split("=")[1]);
      t.true(sentUs > 0 && sentUs <= Number(process.hrtime.bigint() / 1000n));
      await manager.told(/^READY=1$/, messages);
      return member.log.slice(logged);
    };
    t.is(member.log, "");
    t.regex(await reload('log-level = "info"\n'), /"level":"info".*configuration read again/);
    const late = await reload('log-level = "info"\nheartbeat = "20ms"\n');
    t.regex(late, /"level":"warn".*"changed":\["heartbeat"\].*wait for the next start/);
    const senseless = await reload('log-level = "loud"\n');
    t.regex(senseless, /"level":"error".*\\"loud\\" is not one of/);
    t.notRegex(senseless, /read again/);
    t.is(await reload('log-level = "error"\n'), "");
    t.is(await member.end("SIGTERM"), 0);
    t.notRegex(member.log, /"stopping"/);
  },
);

withPython(
  "sockets that systemd passes are listened on instead of those of the configuration, and messages go out on the passed one",
  async (t) => {
    const manager = await ServiceManager.start(t);
    const [client, peer, metrics] = (await freePorts(3)).map((port) => `127.0.0.1:${port}`);
    const listening = [`peer=${peer}`, `metrics=${metrics}`, `client=${client}`];
    const passed = withDescriptors(`notify=${manager.socket}`, ...listening);
    const cluster = await Cluster.prepare(t, { members: 1, life: { ...passed, ...manager.life() } });
    const [member] = cluster.members;
    t.is(await member?.start(), `kvraftd n1 ready client=${client} peer=${peer}`);
    t.is((await manager.told(/^READY=1$/)).pid, member?.pid ?? 0);
    t.true(await answers(peer ?? ""));
    t.is((await fetch(`http://${metrics}/livez`)).status, 200);
    const clerk = cluster.clerk(t, { endpoints: [client ?? ""] });
    await clerk.put("k", "v");
    t.is(Buffer.from((await clerk.get("k")) ?? []).toString(), "v");
    t.is(await member?.end("SIGTERM"), 0);
  },
);

withPython(
  "a passed descriptor of a name that is not known, or that is no listening socket, is an error of the configuration",
  async (t) => {
    const manager = await ServiceManager.start(t);
    const cases = [
      [withDescriptors("kvraftd.socket=127.0.0.1:0"), /"kvraftd.socket" is none of client, peer, .*notify/],
      [withDescriptors(`client=${manager.socket}`), /"client" is not a TCP socket that listens/],
      [withDescriptors("client=0.0.0.0:0"), /the passed socket for --listen-client is every interface/],
    ] as const;
    for (const [life, reason] of cases) {
      const cluster = await Cluster.prepare(t, { members: 1, life });
      const [member] = cluster.members;
      await t.throwsAsync(async () => member?.start(), { message: reason });
      t.is((await member?.ended())?.status, 78);
    }
  },
);
