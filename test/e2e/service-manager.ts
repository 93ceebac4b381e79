/**
 * Plays systemd for a daemon: takes its messages on a notify socket, watches, and passes descriptors. Both in Python, since Node has no
 * datagram sockets of the Unix kind.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Life } from "./cluster.js";
import { eventually, type Teardown, temporaryDirectory } from "./processes.js";

/** Prints who sent each message, and what, one line of JSON each. */
const RECEIVER = `
import array, json, os, socket, struct, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
receiver.bind(sys.argv[1].replace("@", "\\0"))
print("null", flush=True)
while True:
    text, extra, _, _ = receiver.recvmsg(4096, 256)
    for _, kind, data in extra:
        if kind == socket.SCM_CREDENTIALS:
            sender = struct.unpack("iii", data[:12])[0]
        else: # The end of a pipe: whoever sent it waits until it has been closed (sd_notify_barrier(3)).
            for descriptor in array.array("i", data):
                os.close(descriptor)
    print(json.dumps({"pid": sender, "lines": text.decode().split("\\n")}), flush=True)
`;

/** Becomes the command that follows, with descriptors from 3 on: NAME=HOST:PORT listens, NAME=/PATH is connected. */
const LAUNCHER = `
import fcntl, os, socket, sys
wanted = [argument.split("=") for argument in sys.argv[1].split(",")]
made = []
for _, address in wanted:
    if address[0] == "/":
        made.append(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        made[-1].connect(address)
        made[-1].setblocking(False)
    else:
        host, port = address.rsplit(":", 1)
        made.append(socket.create_server((host, int(port))))
high = [fcntl.fcntl(one, fcntl.F_DUPFD, 100) for one in made]
for at, descriptor in enumerate(high):
    os.dup2(descriptor, 3 + at)
    os.close(descriptor)
os.environ["LISTEN_PID"] = str(os.getpid())
os.environ["LISTEN_FDS"] = str(len(wanted))
os.environ["LISTEN_FDNAMES"] = ":".join(name for name, _ in wanted)
os.execvp(sys.argv[2], sys.argv[2:])
`;

export interface Message {
  /** Of the sender. */
  readonly pid: number;
  readonly lines: readonly string[];
}

export function hasPython(): boolean {
  return spawnSync("python3", ["--version"]).error === undefined;
}

export class ServiceManager {
  readonly messages: Message[] = [];
  /** As NOTIFY_SOCKET has it. */
  readonly socket: string;

  static async start(t: Teardown): Promise<ServiceManager> {
    const socket = join(await temporaryDirectory(t), "notify");
    return ServiceManager.on(t, socket);
  }

  /** `socket`: a path, or `@` and an abstract name. */
  static async on(t: Teardown, socket: string): Promise<ServiceManager> {
    const child = spawn("python3", ["-c", RECEIVER, socket], { stdio: ["ignore", "pipe", "inherit"] });
    t.teardown(() => child.kill("SIGKILL"));
    const manager = new ServiceManager(socket);
    await manager.#read(child);
    return manager;
  }

  private constructor(socket: string) {
    this.socket = socket;
  }

  /** Of a daemon that it watches and gets messages from. */
  life({ watchdogMs }: { readonly watchdogMs?: number } = {}): Life {
    const watchdog = watchdogMs === undefined ? {} : { WATCHDOG_USEC: String(watchdogMs * 1000) };
    return { environment: { NOTIFY_SOCKET: this.socket, ...watchdog } };
  }

  /** How often a message with this line has come. */
  count(line: string): number {
    return this.messages.filter(({ lines }) => lines.includes(line)).length;
  }

  /** The first message, from the `from`-th on, with a line that matches. */
  told(pattern: RegExp, from = 0): Promise<Message> {
    const find = () =>
      this.messages.slice(from).find(({ lines }) => lines.some((line) => pattern.test(line)));
    return eventually(`the service manager is told ${pattern}`, async () => find() ?? null);
  }

  /** Resolves when it is bound. */
  #read(child: ChildProcess): Promise<void> {
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      if (child.stdout === null) return reject(new Error("no stdout"));
      createInterface({ input: child.stdout }).on("line", (line) => {
        const message = JSON.parse(line) as Message | null;
        if (message === null) resolve();
        else this.messages.push(message);
      });
    });
  }
}

/** A life of a daemon that gets these descriptors, each NAME=ADDRESS. */
export function withDescriptors(...wanted: readonly string[]): Pick<Life, "under"> {
  return { under: ["python3", "-c", LAUNCHER, wanted.join(",")] };
}

/** Whether there is such a process. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
