import type { Config } from "../../config/load.ts";
import { createLimitBook } from "../../publishing/limits.ts";
import { DEFAULT_POLICY, type PressParts } from "../../publishing/parts.ts";
import { createTokenSource } from "../../vault/refresh.ts";
import { openKeyring } from "./keyring.ts";
import type { Session } from "./session.ts";
import { xClientFor, xOAuthFor } from "./x.ts";

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Everything that publishing needs, for the settings of this moment. */
export async function openPress(
  config: Config,
  { desk, database }: Session,
  at: PressParts["at"] = () => undefined,
  open: Set<Promise<void>> = new Set(),
): Promise<PressParts> {
  const { orm } = database;
  const keyring = await openKeyring(config, orm);
  return {
    ...desk,
    x: xClientFor(config),
    tokens: createTokenSource({
      orm,
      keyring,
      now: desk.now,
      sleep,
      open,
      // Looked up when a token must be renewed: until then psn publishes without the app's id.
      oauth: { refresh: (token, options) => xOAuthFor(config).refresh(token, options) },
    }),
    limits: createLimitBook(orm, () => performance.now()),
    monotonic: () => performance.now(),
    sleep,
    random: Math.random,
    policy: { ...DEFAULT_POLICY, settleMs: config.settleMs, secondLookMs: config.settleMs * 4 },
    at,
  };
}
