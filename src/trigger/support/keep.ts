import { xOAuthFor } from "../../hub/x.ts";
import { type Renewal, renewIdle } from "../../vault/keepAlive.ts";
import { AT_TRIGGER, showKey } from "../../vault/keys.ts";
import { allSettled } from "../../vault/refresh.ts";
import { holdsTokens } from "../../vault/tokens.ts";
import type { Worker } from "./worker.ts";

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Shows which key the deployed worker has, so that a new one encrypts only when it is there too. */
export async function showKeyHeld({ desk, keyring }: Worker, environment: string): Promise<void> {
  if (!(await holdsTokens(desk.orm))) return;
  const { keys } = await keyring();
  await showKey(desk.orm, `${AT_TRIGGER} (${environment})`, Math.max(...keys.keys()));
}

/** Renews the sign-ins that nothing else has renewed for long, and waits for answers that come late. */
export async function refreshIdle(worker: Worker, environment: string): Promise<{ renewals: Renewal[] }> {
  const { config, desk, keyring } = worker;
  if (!(await holdsTokens(desk.orm))) return { renewals: [] };
  await showKeyHeld(worker, environment);
  const open = new Set<Promise<void>>();
  try {
    const oauth = xOAuthFor(config);
    return {
      renewals: await renewIdle({ orm: desk.orm, keyring: await keyring(), oauth, now: desk.now, sleep, open }),
    };
  } finally {
    await allSettled(open);
  }
}
