import test from "ava";
import { describeMachine, fileSystemOf } from "./machine.js";

const MACHINE = {
  cores: 2,
  model: "Some(R)  CPU @ 2.50GHz ",
  node: "v20.20.0",
  etcd: "etcd Version: 3.4.23",
  fileSystem: "ext4",
  date: new Date("2026-01-02T03:04:05Z"),
};

test("a machine in a line", (t) => {
  t.is(
    describeMachine(MACHINE),
    "2 cores of Some(R) CPU @ 2.50GHz, Node 20.20.0, etcd 3.4.23, ext4, 2026-01-02",
  );
});

test("what is not known is not mentioned", (t) => {
  const little = { ...MACHINE, cores: 1, model: "", etcd: null, fileSystem: null };
  t.is(describeMachine(little), "1 core, Node 20.20.0, 2026-01-02");
});

test("a file system is that of the nearest mount above, the last of several there", (t) => {
  const mounts = [
    "/dev/a / ext4 rw 0 0",
    "/dev/b /data xfs rw 0 0",
    "none /data/with\\040space tmpfs rw 0 0",
    "/dev/c /top ext3 rw 0 0",
    "/dev/d /top btrfs rw 0 0",
    "",
  ].join("\n");
  t.is(fileSystemOf(mounts, "/home"), "ext4");
  t.is(fileSystemOf(mounts, "/data"), "xfs");
  t.is(fileSystemOf(mounts, "/database"), "ext4");
  t.is(fileSystemOf(mounts, "/data/with space/x"), "tmpfs");
  t.is(fileSystemOf(mounts, "/top/x"), "btrfs");
  t.is(fileSystemOf("", "/top/x"), null);
});
