/**
 * The suite's way to propose commands: a client of chosen members, over the wire, with one session for all. It
 * never chooses a member by itself and never repeats anything; what became of a command is read from the canonical
 * list of what is committed.
 */
import { assert } from "../../../src/base/assert.js";
import type { Connection, Dialer } from "../../../src/clerk/ports.js";
import type { Command, Operation } from "../../../src/kv/command.js";
import { GreetedFrames } from "../../../src/net/greeted-frames.js";
import type { MemberId } from "../../../src/raft/entry.js";
import { decodeClientReply, encodeClientRequest } from "../../../src/wire/client-codec.js";
import type { ClientReply } from "../../../src/wire/client-message.js";
import { encodeCommand } from "../../../src/wire/command-codec.js";
import { clientHello, encodeHello } from "../../../src/wire/hello.js";
import { FRAME_OVERHEAD_BYTES, REQUEST_BYTES_DEFAULT } from "../../../src/wire/limits.js";
import type { Cluster } from "../../sim/cluster.js";
import { clientAddress } from "../../sim/peer-port.js";

const CLIENT_ID = "\x01suite\xff\x00";
const HELLO = encodeHello(clientHello());

/** One command; proposed again it is still the same one, and takes effect once. */
export interface Proposal {
  /** What its value begins with; no other's does. */
  readonly name: string;
  readonly command: Command;
  /** Whoever proposed it has stopped waiting for it, and will not propose it again. */
  givenUp: boolean;
}

export class SuiteClient {
  readonly #cluster: Cluster;
  readonly #dialer: Dialer;
  readonly #connections = new Map<MemberId, Connection>();
  readonly #proposals: Proposal[] = [];
  /** All before it have taken effect, or were given up. */
  #settled = 0;
  #requests = 0;
  #session = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#dialer = cluster.clients.dialer("suite");
  }

  get isOpen(): boolean {
    return this.#session > 0;
  }

  /** In the order in which they were first made. */
  get proposals(): readonly Proposal[] {
    return this.#proposals;
  }

  /** Asks `member` to open the session; opening it twice does no harm. */
  open(member: MemberId): void {
    this.#send(member, { kind: "open", clientId: CLIENT_ID });
  }

  /** A put of a value of at least so many bytes. */
  make(valueBytes: number): Proposal {
    assert(this.isOpen, "the session is open");
    const sequence = this.#proposals.length + 1;
    const name = `<${sequence}>`;
    const operation: Operation = { kind: "put", key: "x", value: name.padEnd(valueBytes, ".") };
    const command: Command = {
      kind: "session",
      clientId: CLIENT_ID,
      session: this.#session,
      sequence,
      acknowledgedBelow: this.#acknowledgedBelow(),
      operation,
    };
    const proposal = { name, command, givenUp: false };
    this.#proposals.push(proposal);
    return proposal;
  }

  propose(member: MemberId, { command }: Proposal): void {
    this.#send(member, command);
  }

  #acknowledgedBelow(): number {
    const { service } = this.#cluster.world;
    for (;;) {
      const proposal = this.#proposals[this.#settled];
      if (proposal === undefined) break;
      if (!proposal.givenUp && service.effectOf(proposal.name) === undefined) break;
      this.#settled++;
    }
    return this.#settled + 1;
  }

  #send(member: MemberId, command: Command): void {
    const connection = this.#connections.get(member) ?? this.#dial(member);
    const request = { kind: "command", requestId: ++this.#requests, command } as const;
    connection.send(encodeClientRequest({ ...request, bytes: encodeCommand(command) }));
  }

  #dial(member: MemberId): Connection {
    const frames = new GreetedFrames({
      frameBytesMax: REQUEST_BYTES_DEFAULT + FRAME_OVERHEAD_BYTES,
      onHello: ({ memberId }) => assert(memberId === member, `${memberId} answers for ${member}`),
      onFrame: (body) => this.#take(decodeClientReply(body)),
    });
    const connection = this.#dialer.dial(clientAddress(member), {
      onData: (chunk) => {
        const error = frames.push(chunk);
        assert(error === null, `${member} speaks the protocol: ${error?.message}`);
      },
      onClose: () => {
        if (this.#connections.get(member) === connection) this.#connections.delete(member);
      },
    });
    this.#connections.set(member, connection);
    connection.send(HELLO);
    return connection;
  }

  /** Before the session is open nothing but its opening is asked for. */
  #take(reply: ClientReply): void {
    if (!this.isOpen && reply.kind === "result") this.#session = reply.result.index;
  }
}
