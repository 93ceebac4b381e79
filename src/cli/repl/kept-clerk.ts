/**
 * One Clerk for many commands, so that its connections and its session last. A command that fails ends it, and the next one has a new
 * Clerk: a write whose outcome is unknown must be the last of its session, or it could not be finished exactly once.
 */
import { Clerk, type ClerkOptions, type SessionKeeper } from "../../clerk/clerk.js";
import type { Clerks } from "../invocation.js";
import type { Settings } from "../settings.js";

export class KeptClerk implements Clerks {
  readonly #settings: Settings;
  #kept: Clerk | null = null;
  /** Of the command under way. */
  #sessions: SessionKeeper | undefined;
  readonly #taken = new Set<Clerk>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** The id of the member that is believed to lead; null: it is not known. */
  get leaderId(): string | null {
    return this.#kept?.leaderId ?? null;
  }

  async take(options: ClerkOptions): Promise<Clerk> {
    const clerk = this.#clerkFor(options);
    this.#taken.add(clerk);
    return clerk;
  }

  async giveBack(clerk: Clerk, failed: boolean): Promise<void> {
    this.#taken.delete(clerk);
    if (clerk === this.#kept) {
      this.#sessions = undefined;
      if (!failed) return;
      this.#kept = null;
    }
    await clerk.close();
  }

  /** Connects, and resolves when the members have said who leads or have had the time to. */
  async meet(): Promise<void> {
    await this.#keep(this.#settings)
      .status()
      .catch(() => {}); // It was closed meanwhile.
  }

  /** What is under way fails. */
  interrupt(): void {
    for (const clerk of this.#taken) void clerk.close();
  }

  async close(): Promise<void> {
    const clerk = this.#kept;
    this.#kept = null;
    await clerk?.close();
  }

  /** Whoever names another cluster or another time limit, goes on with a session, or comes meanwhile, has one for itself. */
  #clerkFor(options: ClerkOptions): Clerk {
    const { sessions } = options;
    const isResumed = sessions !== undefined && sessions.resumed !== null;
    const isTaken = this.#kept !== null && this.#taken.has(this.#kept);
    if (isResumed || isTaken || kindOf(options) !== kindOf(this.#settings)) return new Clerk(options);
    this.#sessions = sessions;
    return this.#keep(options);
  }

  #keep({ endpoints, timeoutMs }: ClerkOptions): Clerk {
    const sessions: SessionKeeper = { resumed: null, sending: (write) => this.#sessions?.sending(write) };
    this.#kept ??= new Clerk({ endpoints, timeoutMs: timeoutMs ?? this.#settings.timeoutMs, sessions });
    return this.#kept;
  }
}

/** The order of endpoints is a hint about who leads. */
function kindOf({ endpoints, timeoutMs }: Pick<ClerkOptions, "endpoints" | "timeoutMs">): string {
  return `${timeoutMs} ${[...endpoints].sort().join(",")}`;
}
