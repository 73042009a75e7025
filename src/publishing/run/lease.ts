import { LEASE_SECONDS, renewLease } from "../../db/claims.ts";
import { isConnectionLost } from "../../db/failures.ts";
import type { PressParts } from "../parts.ts";

const RENEW_MS = 3_000;

/** Another process holds the post now: stop at once, write nothing. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/** The right to publish one post, for as long as it is renewed. */
export class Lease {
  readonly token: string;
  readonly #postId: string;
  readonly #parts: PressParts;
  readonly #timer: ReturnType<typeof setInterval>;
  /** The lease was certainly good until these moments, counted from before the statement was sent. */
  #monotonicEnd: number;
  #wallEnd: number;
  #lost = false;

  constructor(parts: PressParts, postId: string, token: string, asked: { monotonic: number; wall: number }) {
    this.#parts = parts;
    this.#postId = postId;
    this.token = token;
    this.#monotonicEnd = asked.monotonic + LEASE_SECONDS * 1000;
    this.#wallEnd = asked.wall + LEASE_SECONDS * 1000;
    this.#timer = setInterval(() => void this.#renew(), RENEW_MS);
  }

  /**
   * Milliseconds that are certainly left. Both clocks count: one stands still while a laptop sleeps,
   * the other jumps when it is set.
   */
  left(): number {
    if (this.#lost) return 0;
    const { monotonic, now } = this.#parts;
    return Math.min(this.#monotonicEnd - monotonic(), this.#wallEnd - now().getTime());
  }

  /** Makes sure that `ms` are left, or throws LeaseLost. */
  async ensure(ms: number): Promise<void> {
    if (this.left() < ms) await this.#renew();
    if (this.left() < ms) throw new LeaseLost();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #renew(): Promise<void> {
    const asked = { monotonic: this.#parts.monotonic(), wall: this.#parts.now().getTime() };
    try {
      if (!(await renewLease(this.#parts.orm, this.#postId, this.token))) this.#lost = true;
      this.#monotonicEnd = asked.monotonic + LEASE_SECONDS * 1000;
      this.#wallEnd = asked.wall + LEASE_SECONDS * 1000;
    } catch (error) {
      // Without the database the lease simply runs out.
      if (!isConnectionLost(error)) this.#lost = true;
    }
  }
}
