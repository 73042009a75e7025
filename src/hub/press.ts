import type { Config } from "../config/load.ts";
import { createLimitBook } from "../publishing/limits.ts";
import { DEFAULT_POLICY, type DeskParts, type PressParts } from "../publishing/parts.ts";
import type { Keyring } from "../vault/keyring.ts";
import { createTokenSource } from "../vault/refresh.ts";
import { xClientFor, xOAuthFor } from "./x.ts";

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export interface PressOptions {
  /** Called at the named points of publishing, for whoever tries what happens there. */
  readonly at?: PressParts["at"];
  /** Gets the renewals of sign-ins that X has not answered in time: whoever ends waits for them. */
  readonly open?: Set<Promise<void>>;
}

/** Everything that publishing needs, for the settings of this moment. */
export function openPress(
  config: Config,
  desk: DeskParts,
  keyring: Keyring,
  { at = () => undefined, open = new Set() }: PressOptions = {},
): PressParts {
  const { orm } = desk;
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
