/**
 * The process that sends messages to the service manager where Node cannot. One for the whole life of the daemon, started while that is
 * small (to start one from a gigabyte of memory takes 50 ms), and fed through a pipe; it ends when the pipe does.
 */
import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type { Host } from "../../server/ports.js";

/**
 * Reads lines, and sends each as one datagram, its tabs as line breaks. Perl is on every Debian, Python on every Red Hat; systemd-notify,
 * where there is neither, takes a process a message. None of them uses more than the language itself, and a name with `@` is an abstract
 * one. What is sent to all processes of the service is not meant for it.
 */
const SCRIPT = `
trap '' HUP INT TERM
command -v perl > /dev/null && exec perl -e '
  $0 = "kvraftd: notify";
  socket(S, 1, 2, 0) or die "notify: $!\\n";
  ($to = $ENV{NOTIFY_SOCKET}) =~ s/^@/\\0/;
  while (<STDIN>) {
    chomp;
    tr/\\t/\\n/;
    send(S, $_, 0, pack("S a*", 1, $to)) or die "notify: $!\\n";
  }'
command -v python3 > /dev/null && exec python3 -c '
import os, socket, sys
to = os.environb[b"NOTIFY_SOCKET"]
if to[:1] == b"@":
    to = b"\\0" + to[1:]
sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
for line in sys.stdin.buffer:
    sender.sendto(line[:-1].replace(b"\\t", b"\\n"), to)'
set -f
IFS=$(printf '\\t')
while IFS= read -r line; do systemd-notify $line; done
`;

/** Between the end of one helper and the start of the next. */
const PAUSE_MS = 1000;

export interface NotifyHelperOptions {
  /** As NOTIFY_SOCKET has it. */
  readonly socket: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Host["log"];
  /** Another one has taken the place of the last, which may have swallowed messages. */
  readonly onRestart: () => void;
}

export class NotifyHelper {
  readonly #options: NotifyHelperOptions;
  #child: ChildProcess | null = null;
  #ends = 0;

  constructor(options: NotifyHelperOptions) {
    this.#options = options;
    this.#start();
  }

  send(assignments: readonly string[]): void {
    const pipe = this.#child?.stdin;
    // A full pipe means that nobody reads: what is older than a pipe of messages is of no use.
    if (!pipe?.writable || pipe.writableLength > 0) return;
    pipe.write(`${assignments.join("\t")}\n`);
  }

  #start(): void {
    try {
      const child = spawnHelper(this.#options);
      child.once("error", (error) => this.#ended(error.message));
      child.once("exit", (status, signal) => this.#ended(signal ?? `status ${status}`));
      this.#child = child;
    } catch (error) {
      // There is no memory for it, for one.
      this.#ended(String(error));
    }
  }

  #ended(reason: string): void {
    this.#child = null;
    const { log, onRestart } = this.#options;
    log(this.#ends === 0 ? "warn" : "debug", "the helper that notifies the service manager has ended", {
      reason,
    });
    this.#ends++;
    setTimeout(() => {
      this.#start();
      onRestart();
    }, PAUSE_MS).unref();
  }
}

function spawnHelper({ socket, environment }: NotifyHelperOptions): ChildProcess {
  const { PATH } = environment;
  // The bundle has no such module: nothing but this, and only under a service manager, needs it.
  const { spawn } = process.getBuiltinModule("node:child_process");
  const child: ChildProcess = spawn("/bin/sh", ["-c", SCRIPT], {
    env: { PATH, NOTIFY_SOCKET: socket },
    stdio: ["pipe", "ignore", "inherit"],
  });
  // Whoever has nothing else to do may end.
  child.unref();
  // There is no pipe where there are too many open files; "error" follows.
  const pipe = child.stdin as Socket | null | undefined;
  pipe?.unref();
  pipe?.on("error", () => {}); // It has ended, which "exit" tells.
  return child;
}
