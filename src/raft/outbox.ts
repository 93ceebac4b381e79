/**
 * What the owner will find in the next Ready, apart from what the log itself says: see
 * ready.ts for the meaning and order of each.
 */
import { Batch } from "./batch.js";
import type { InstallSnapshot, Message } from "./message.js";
import type { ChunkRequest, ConfirmedRead } from "./ready.js";

export class Outbox {
  readonly messages = new Batch<Message>();
  readonly reads = new Batch<ConfirmedRead>();
  readonly failedReads = new Batch<number>();
  readonly chunkRequests = new Batch<ChunkRequest>();
  readonly chunks = new Batch<InstallSnapshot>();

  get isEmpty(): boolean {
    return (
      this.messages.isEmpty &&
      this.reads.isEmpty &&
      this.failedReads.isEmpty &&
      this.chunkRequests.isEmpty &&
      this.chunks.isEmpty
    );
  }
}
