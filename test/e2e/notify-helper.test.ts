import { spawnSync } from "node:child_process";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { NotifyHelper } from "../../src/daemon/systemd/notify-helper.js";
import { eventually, temporaryDirectory } from "./processes.js";
import { hasPython, ServiceManager } from "./service-manager.js";

const unexpected = (): never => {
  throw new Error("the helper goes on");
};

/** Where the real program is, behind whatever starts it under its name; null: there is none. */
function locate(program: string): string | null {
  const ask =
    program === "python3"
      ? spawnSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" })
      : spawnSync("/bin/sh", ["-c", `command -v ${program}`], { encoding: "utf8" });
  return ask.status === 0 ? ask.stdout.trim() : null;
}

for (const program of ["perl", "python3", "systemd-notify"]) {
  const file = locate(program);
  const withProgram = hasPython() && file !== null ? test : test.skip;
  for (const isAbstract of [false, true]) {
    withProgram(
      `${program} sends messages to a ${isAbstract ? "name" : "path"}, whole and in order`,
      async (t) => {
        const directory = await temporaryDirectory(t);
        await symlink(file ?? "", join(directory, program));
        const socket = isAbstract ? `@${directory}` : join(directory, "notify");
        const manager = await ServiceManager.on(t, socket);
        const helper = new NotifyHelper({
          socket,
          environment: { PATH: directory },
          log: unexpected,
          onRestart: unexpected,
        });
        helper.send(["READY=1", "STATUS=leader, term 1 * $HOME 'x'"]);
        helper.send(["WATCHDOG=1"]);
        await manager.told(/^WATCHDOG=1$/);
        // It waits for the manager, which should not go before.
        if (program === "systemd-notify")
          await eventually("it is done", async () => manager.count("BARRIER=1") === 2 || null);
        const told = manager.messages.map(({ lines }) => lines).filter(([line]) => line !== "BARRIER=1");
        t.deepEqual(told, [["READY=1", "STATUS=leader, term 1 * $HOME 'x'"], ["WATCHDOG=1"]]);
      },
    );
  }
}
