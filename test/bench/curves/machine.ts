/** On what was measured, in a line: figures mean nothing without it. */
import { readFileSync, realpathSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";

export interface Machine {
  readonly cores: number;
  /** Of the processor. */
  readonly model: string;
  readonly node: string;
  /** What `etcd --version` says, or null where etcd took no part. */
  readonly etcd: string | null;
  /** Of the members' data, or null where that is not known. */
  readonly fileSystem: string | null;
  readonly date: Date;
}

/** `directory`: where the members' data lies. */
export function thisMachine(directory: string, etcd: string | null): Machine {
  return {
    cores: availableParallelism(),
    model: cpus()[0]?.model ?? "",
    node: process.version,
    etcd,
    fileSystem: fileSystemOf(readFileSync("/proc/self/mounts", "utf8"), realpathSync(directory)),
    date: new Date(),
  };
}

export function describeMachine({ cores, model, node, etcd, fileSystem, date }: Machine): string {
  const processor = model.replace(/\s+/g, " ").trim();
  const parts = [
    `${cores} ${cores === 1 ? "core" : "cores"}${processor === "" ? "" : ` of ${processor}`}`,
    `Node ${node.replace(/^v/, "")}`,
    etcd?.replace(/^etcd Version: /, "etcd ") ?? "",
    fileSystem ?? "",
    date.toISOString().slice(0, 10),
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** The type of what is mounted nearest above `path`, by the lines of /proc/mounts. */
export function fileSystemOf(mounts: string, path: string): string | null {
  let nearest = { length: -1, type: null as string | null };
  for (const line of mounts.split("\n")) {
    const [, point = "", type = null] = line.split(" ");
    const folder = point.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
    const within = folder === "/" || path === folder || path.startsWith(`${folder}/`);
    // Of two at the same place the later one is on top.
    if (folder !== "" && within && folder.length >= nearest.length) nearest = { length: folder.length, type };
  }
  return nearest.type;
}
