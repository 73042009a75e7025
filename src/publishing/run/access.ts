import { mendsEnded, whyEnded } from "../../vault/ended.ts";
import { done, ended, type Granted, type Run, type Step, wait } from "./context.ts";
import { hold } from "./holds.ts";

/** A waiting post looks again at its sign-in this often; a new sign-in arms it at once. */
export const SIGN_IN_RECHECK_MS = 15 * 60_000;
/** A token that had five minutes left is not asked for again so soon. */
const TRUSTED_MS = 60_000;

/** A working access token, or how the run ends without one. */
export async function accessToken(run: Run): Promise<Step<Granted>> {
  const { parts, account, refusedVersion } = run;
  const { granted } = run;
  if (granted !== undefined && granted.version !== refusedVersion && parts.monotonic() - granted.at < TRUSTED_MS) {
    return done(granted);
  }
  const access = await parts.tokens.access(
    account.id,
    refusedVersion === undefined ? {} : { notVersion: refusedVersion },
  );
  if (access.ok) {
    run.granted = { token: access.token, version: access.version, at: parts.monotonic() };
    return done(run.granted);
  }
  const later = new Date(parts.now().getTime() + SIGN_IN_RECHECK_MS);
  switch (access.why) {
    case "none":
    case "dead":
      return ended(
        wait(later, "needs_reauth", {
          code: "sign_in_needed",
          message: `The sign-in of @${account.username} has ended: ${whyEnded(access.code)}. The post waits for a new one.`,
          next: mendsEnded(access.code, account.username),
        }),
      );
    case "app_refused":
      return ended(await hold(run, "x_app_refused"));
    case "later":
      return ended(
        wait(new Date(parts.now().getTime() + 60_000), null, {
          code: "x_unreachable",
          message: "X did not renew the sign-in just now; psn tries again.",
          next: `psn show ${run.post.id}`,
        }),
      );
  }
}
