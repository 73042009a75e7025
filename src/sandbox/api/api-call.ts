import type { Reply, SandboxRequest } from "../http.ts";
import type { Account } from "../world/accounts.ts";
import type { World } from "../world/world.ts";

/** A request of a signed-in user that passed sign-in, limits, scopes and billing. */
export interface ApiCall {
  readonly world: World;
  readonly request: SandboxRequest;
  /** The named parts of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly account: Account;
  readonly now: Date;
}

export type ApiHandler = (call: ApiCall) => Reply | Promise<Reply>;
