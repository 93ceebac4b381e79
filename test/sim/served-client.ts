/**
 * The member's end of one client connection: the greeting, requests in, replies out, with the real
 * codecs. Holds every reply against the canonical state.
 */
import { assert } from "../../src/base/assert.js";
import { GreetedFrames } from "../../src/net/greeted-frames.js";
import { helloOf, type Identity, refusalOfClient } from "../../src/net/greeting.js";
import { decodeClientRequest, encodeClientReply } from "../../src/wire/client-codec.js";
import type { ClientReply, ClientRequest } from "../../src/wire/client-message.js";
import { encodeHello } from "../../src/wire/hello.js";
import { FRAME_OVERHEAD_BYTES, REQUEST_BYTES_DEFAULT } from "../../src/wire/limits.js";
import type { ServerEnd } from "./client-network.js";
import { describeReply, describeRequest } from "./describe.js";
import type { World } from "./world.js";

export interface ServedClientOptions {
  readonly identity: Identity;
  readonly clientAddress: string;
  readonly end: ServerEnd;
  handle(request: ClientRequest, reply: (reply: ClientReply) => void): void;
}

export class ServedClient {
  readonly #world: World;
  readonly #options: ServedClientOptions;
  readonly #frames: GreetedFrames;
  /** Requests that were not replied to. */
  unanswered = 0;
  #closed = false;

  constructor(world: World, options: ServedClientOptions) {
    this.#world = world;
    this.#options = options;
    const { identity, clientAddress, end } = options;
    this.#frames = new GreetedFrames({
      frameBytesMax: REQUEST_BYTES_DEFAULT + FRAME_OVERHEAD_BYTES,
      onHello: (hello) => assert(refusalOfClient(hello, identity) === null, "a Clerk is welcome"),
      onFrame: (body) => this.#take(decodeClientRequest(body)),
    });
    end.send(encodeHello(helloOf(identity, "server", { clientAddress, targetMemberId: "" })));
  }

  receive(chunk: Uint8Array): void {
    const error = this.#frames.push(chunk);
    assert(error === null, `a Clerk speaks the protocol: ${error?.message}`);
  }

  /** The client is gone: nobody takes replies any more. */
  closed(): void {
    this.#closed = true;
    this.#frames.stop();
  }

  /** This member ends the connection. */
  close(): void {
    if (this.#closed) return;
    this.closed();
    this.#options.end.close();
  }

  #take(request: ClientRequest): void {
    const { consensus, service, trace } = this.#world;
    const { memberId } = this.#options.identity;
    const committedBefore = consensus.committedIndex;
    let replies = 0;
    this.unanswered++;
    this.#options.handle(request, (reply) => {
      replies++;
      assert(replies === 1, "a request is replied to once");
      this.unanswered--;
      service.checkReply(request, reply, committedBefore);
      const frame = encodeClientReply(reply);
      trace.event(
        memberId,
        ["reply", reply.kind, frame.length],
        () => `answers ${describeRequest(request)}: ${describeReply(reply)}`,
      );
      if (!this.#closed) this.#options.end.send(frame);
    });
  }
}
