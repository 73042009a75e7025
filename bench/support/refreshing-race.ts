import type { RefreshRound } from "./refreshing-plan.ts";
import { type Asker, type Heard, RefreshStage } from "./refreshing-stage.ts";
import { until } from "./stage.ts";

/** How one round went. */
export interface Refreshed {
  readonly n: number;
  readonly round: RefreshRound;
  /** Requests with a refresh token that reached X. */
  readonly requests: number;
  readonly deaths: number;
  readonly restarts: number;
  /** How often processes had to ask again. */
  readonly again: number;
  readonly ms: number;
  readonly breaches: readonly string[];
  /** Processes that lived and had no token in the end. */
  readonly without: number;
}

export interface RefreshRace {
  readonly rounds: readonly Refreshed[];
  /** Families of tokens that X revoked, or that psn holds for dead. */
  readonly lost: number;
  /** Refresh tokens that X saw a second time. */
  readonly reuses: number;
  readonly complaints: string;
}

export interface RefreshRaceOptions {
  readonly processes: number;
  /** How long a process waits for X, in ms. */
  readonly timeoutMs: number;
  /** Lets the lease of a dead holder run out at once, instead of after its 20 seconds. @default false */
  readonly hurry?: boolean;
  /** How long Postgres stays away when it is restarted, in ms. @default 0 */
  readonly awayMs?: number;
}

const AHEAD_MS = 25;
const TIMES_OVER_ONE = 4;
const TOKEN_ENDPOINT = "/2/oauth2/token";
const match = { method: "POST", path: TOKEN_ENDPOINT };

/** Lets long-lived processes want the same expired token, round after round, and judges each. */
export async function raceRefreshes(
  plan: readonly RefreshRound[],
  options: RefreshRaceOptions,
  onRound: (round: Refreshed) => void = () => undefined,
): Promise<RefreshRace> {
  const stage = await RefreshStage.open();
  try {
    const race = new Race(stage, options);
    const rounds: Refreshed[] = [];
    for (const [n, round] of plan.entries()) {
      const refreshed = await race.run(n, round);
      rounds.push(refreshed);
      onRound(refreshed);
    }
    const { reuses } = stage.sandbox.world.grants.counts(new Date());
    return { rounds, lost: race.lost, reuses, complaints: stage.complaints() };
  } finally {
    await stage.leave();
  }
}

/** Everybody in the process has a token of this version, and X takes it. */
const hasToken = (end: Heard, version: number): boolean =>
  end.kind === "got" && end.works && end.versions.every((one) => one === version);

class Race {
  readonly #stage: RefreshStage;
  readonly #options: RefreshRaceOptions;
  #askers: Asker[] = [];
  #hear: (asker: Asker, heard: Heard) => void = () => undefined;
  #revoked = 0;
  lost = 0;

  constructor(stage: RefreshStage, options: RefreshRaceOptions) {
    this.#stage = stage;
    this.#options = options;
  }

  async run(n: number, round: RefreshRound): Promise<Refreshed> {
    await this.#fillUp();
    const from = await this.#expire();
    const requestsBefore = this.#requests();
    const began = performance.now();
    const { heard, restarts, deaths } = await this.#play(round);
    const { version, dead } = await this.#row();
    const requests = this.#requests() - requestsBefore;
    const breaches: string[] = [];
    const without = heard.filter((end) => !hasToken(end, version));
    for (const end of without) breaches.push(`a process has no token: ${JSON.stringify(end)}`);
    if (version !== from + 1) breaches.push(`version ${from} became ${version}`);
    if (requests !== 1 && round.trouble !== "X answers 503") breaches.push(`${requests} requests`);
    if (this.#isRevoked() || dead) {
      this.lost += 1;
      breaches.push("the family is lost");
      await this.#stage.signIn();
    }
    const again = heard.reduce((sum, end) => sum + (end.kind === "got" ? end.again : 0), 0);
    const ms = performance.now() - began;
    return { n, round, requests, deaths, restarts, again, ms, breaches, without: without.length };
  }

  /** Lets everybody ask, and what goes wrong happen. `heard` is how it ended for each process that was not killed. */
  async #play(round: RefreshRound): Promise<{ heard: Heard[]; restarts: number; deaths: number }> {
    const held = this.#addFault(round);
    const killed = new Set<Asker>();
    const kill = async (asker: Asker) => {
      killed.add(asker);
      await asker.kill();
      if (round.trouble === "killed before the request" && this.#options.hurry === true) await this.#endLease();
    };
    const sender = Promise.withResolvers<Asker>();
    const ends = new Map(this.#askers.map((asker) => [asker, Promise.withResolvers<Heard>()]));
    this.#hear = (asker, heard) => {
      if (heard.kind !== "at") {
        ends.get(asker)?.resolve(heard);
        return;
      }
      sender.resolve(asker);
      if (round.trouble === `killed ${heard.point}` && killed.size === 0) void kill(asker);
      else asker.tell({ kind: "go on" });
    };
    const at = Date.now() + AHEAD_MS;
    const how = round.oneConnection
      ? ({ connections: "one", times: TIMES_OVER_ONE } as const)
      : ({ connections: "several", times: 1 } as const);
    for (const [index, asker] of this.#askers.entries()) asker.tell({ kind: "ask", at, ...how, keeps: index === 0 });
    const [restarts, heard] = await Promise.all([
      held === undefined ? 0 : this.#whileXHolds(held, round, sender.promise, kill),
      Promise.all([...ends].map(async ([asker, end]) => ({ asker, end: await end.promise }))),
    ]);
    return {
      heard: heard.filter(({ asker }) => !killed.has(asker)).map(({ end }) => end),
      restarts,
      deaths: killed.size,
    };
  }

  /** Adds what X does in this round. Returns the fault when it holds the request until it is released. */
  #addFault({ trouble, acts }: RefreshRound): number | undefined {
    const { world } = this.#stage.sandbox;
    world.clearFaults();
    switch (trouble) {
      case "none":
      case "killed before the request":
      case "killed after the commit":
        return undefined;
      case "killed as it waits":
      case "database restarted":
      case "database crashed":
        return world.addFault({ match, action: { kind: "hold", when: acts } });
      case "X answers late":
        world.addFault({ match, action: { kind: "delay", ms: this.#options.timeoutMs * 2, when: acts } });
        return undefined;
      case "X answers 503":
        world.addFault({ match, action: { kind: "answer", status: 503, body: "" } });
        if (this.#options.hurry === true) void this.#endLeaseAfterTheAnswer();
        return undefined;
    }
  }

  async #whileXHolds(
    fault: number,
    { trouble, which, afterMs }: RefreshRound,
    sender: Promise<Asker>,
    kill: (asker: Asker) => Promise<void>,
  ): Promise<number> {
    const { world } = this.#stage.sandbox;
    await until("X holds the request", () =>
      world.faults.view().some(({ id, holding }) => id === fault && holding > 0),
    );
    await Bun.sleep(afterMs);
    if (trouble === "killed as it waits") {
      const sends = await sender;
      const waiting = this.#askers.filter((asker) => asker !== sends);
      const victim = waiting[Math.floor(which * waiting.length)];
      if (victim !== undefined) await kill(victim);
      world.release(fault);
      return 0;
    }
    // X answers while there is no database to store it in, or when there is one again.
    const away = async () => {
      if (which < 0.5) world.release(fault);
      await Bun.sleep(this.#options.awayMs ?? 0);
    };
    await this.#stage.breakDatabase(trouble === "database crashed" ? "crash" : "restart", away);
    world.release(fault);
    return 1;
  }

  /** As if its time had passed. */
  async #endLease(): Promise<void> {
    await this.#stage.database
      .sql`update oauth_tokens set refresh_lease = null, refresh_lease_until = null where refresh_lease is not null`;
  }

  async #endLeaseAfterTheAnswer(): Promise<void> {
    const { world } = this.#stage.sandbox;
    await until("X has answered", () => world.faults.view().every(({ spent }) => spent));
    await this.#endLease();
  }

  /** As many processes as there shall be, in the place of those that were killed. */
  async #fillUp(): Promise<void> {
    const { processes, timeoutMs } = this.#options;
    const missing = processes - this.#askers.length;
    const hear = (asker: Asker, heard: Heard) => {
      if (heard.kind === "dead") this.#askers = this.#askers.filter((other) => other !== asker);
      this.#hear(asker, heard);
    };
    const more = Array.from({ length: missing }, () => this.#stage.startAsker(timeoutMs, hear));
    this.#askers.push(...(await Promise.all(more)));
  }

  /** Returns the version that is too old now. */
  async #expire(): Promise<number> {
    const [row] = await this.#stage.database.sql<{ version: number }[]>`
      update oauth_tokens set expires_at = now() - interval '1 minute', refreshed_at = now() - interval '21 hours'
      returning version`;
    return row?.version ?? 0;
  }

  async #row(): Promise<{ version: number; dead: boolean }> {
    const [row] = await this.#stage.database.sql<{ version: number; dead: boolean }[]>`
      select version, dead_code is not null as dead from oauth_tokens`;
    return row ?? { version: 0, dead: true };
  }

  /** Whether X has revoked a family since the last round. */
  #isRevoked(): boolean {
    const { revokedGrants } = this.#stage.sandbox.world.grants.counts(new Date());
    const more = revokedGrants > this.#revoked;
    this.#revoked = revokedGrants;
    return more;
  }

  #requests(): number {
    return this.#stage.sandbox.world.journal.calls()[`POST ${TOKEN_ENDPOINT}`] ?? 0;
  }
}
