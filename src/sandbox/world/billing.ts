/** X's pay-per-use prices in millionths of a dollar (docs, x-api/getting-started/pricing, since 2026-04-20). */
export const PRICE = {
  create: 15_000,
  createWithLink: 200_000,
  delete: 10_000,
  metadata: 5_000,
  postRead: 5_000,
  ownPostRead: 1_000,
  userRead: 10_000,
} as const;

/** The developer's prepaid balance. Failed calls are not billed; a resource that is read twice a day is billed once. */
export class Billing {
  #creditsMicros: number | null = null;
  #spentMicros = 0;
  #spendCapUntil: string | null = null;
  readonly #reads = new Set<string>();

  charge(micros: number): void {
    this.#spentMicros += micros;
    if (this.#creditsMicros !== null) this.#creditsMicros -= micros;
  }

  chargeReads(resources: readonly string[], micros: number, now: Date): void {
    const day = now.toISOString().slice(0, 10);
    for (const resource of resources) {
      const key = `${day} ${resource}`;
      if (!this.#reads.has(key)) this.charge(micros);
      this.#reads.add(key);
    }
  }

  /** US dollars; null is a balance that never ends. */
  setCredits(usd: number | null): void {
    this.#creditsMicros = usd === null ? null : Math.round(usd * 1_000_000);
  }

  /** The first day (YYYY-MM-DD) on which the API answers again; null is no cap. */
  setSpendCap(until: string | null): void {
    this.#spendCapUntil = until;
  }

  get depleted(): boolean {
    return this.#creditsMicros !== null && this.#creditsMicros <= 0;
  }

  get spendCapUntil(): string | null {
    return this.#spendCapUntil;
  }

  view(): { creditsUsd: number | null; spentUsd: number; spendCapUntil: string | null } {
    return {
      creditsUsd: this.#creditsMicros === null ? null : this.#creditsMicros / 1_000_000,
      spentUsd: this.#spentMicros / 1_000_000,
      spendCapUntil: this.#spendCapUntil,
    };
  }
}
