/** The unit that runs members under systemd: one template, an instance a member. */

export interface Installation {
  /** Absolute paths: of Node, and of bin/kvraftd.js. */
  readonly node: string;
  readonly kvraftd: string;
  /** For Node, before the script. */
  readonly nodeFlags: readonly string[];
}

/** From this version on it hands over a socket that leads to itself, so that no helper is needed for messages to it. */
const OPEN_FILE_SINCE = 253;

const NOTIFY_BY_SOCKET = `NotifyAccess=main
OpenFile=/run/systemd/notify:notify
# The member never waits for systemd.
NonBlocking=yes`;

const NOTIFY_BY_HELPER = `# The messages come from a helper process of the member.
NotifyAccess=all`;

/** `kvraftd@.service`, for that version of systemd; null: for any. */
export function unitText({ node, kvraftd, nodeFlags }: Installation, systemdVersion: number | null): string {
  const settings = "--id %i --config /etc/kvraft/%i.toml";
  const check = `${quoted(node)} ${quoted(kvraftd)} check-config ${settings}`;
  const notify = (systemdVersion ?? 0) >= OPEN_FILE_SINCE ? NOTIFY_BY_SOCKET : NOTIFY_BY_HELPER;
  const flags = nodeFlags.map((flag) => `${flag} `).join("");
  // What is installed in a home has to be read from there.
  const home = [node, kvraftd].some((path) => /^\/(home|root)\//.test(path)) ? "read-only" : "yes";
  return `# kvraftd@.service: member %i of a kvraft cluster, configured in /etc/kvraft/%i.toml, its data in /var/lib/kvraft/%i.
# Made by kvraftd unit --print for this installation.
[Unit]
Description=kvraft member %i
Documentation=man:kvraftd(8)
Wants=network-online.target
After=network-online.target
# A member that comes back at once is worth more than one that gives up.
StartLimitIntervalSec=0

[Service]
Type=notify
${notify}
ExecStartPre=${check}
ExecStart=${quoted(node)} ${flags}${quoted(kvraftd)} ${settings}
# A configuration that makes no sense fails here, and changes nothing.
ExecReload=${check}
ExecReload=kill -HUP $MAINPID
# Until it listens. While it reads its log it asks for more, as long as it gets on.
TimeoutStartSec=60s
# For a disk that hangs, and for a bug. A core would be as large as the data, and hold them.
WatchdogSec=30s
WatchdogSignal=SIGKILL
Restart=on-failure
RestartSec=1s
# What only a person can mend: command line, refused data, configuration.
RestartPreventExitStatus=64 65 78
# It hands leadership on first, in at most 10 s.
KillMode=mixed
TimeoutStopSec=15s
LimitNOFILE=65536
DynamicUser=yes
StateDirectory=kvraft/%i
StateDirectoryMode=0700
UMask=0077

# MemoryDenyWriteExecute= must stay off: V8 compiles.
CapabilityBoundingSet=
AmbientCapabilities=
NoNewPrivileges=yes
LockPersonality=yes
PrivateDevices=yes
PrivateMounts=yes
PrivateTmp=yes
PrivateUsers=yes
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=${home}
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
SystemCallFilter=~@privileged

[Install]
WantedBy=multi-user.target
`;
}

/** As one word of a command line (systemd.service(5), systemd.unit(5)). */
function quoted(path: string): string {
  const escaped = path
    .replaceAll("%", "%%")
    .replaceAll("$", "$$$$")
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"');
  return /^[\w./@+-]+$/.test(path) ? path : `"${escaped}"`;
}
