import type { Config } from "../../config/load.ts";
import { storeSetting } from "../../config/store.ts";
import { PsnError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import { liftHold } from "../../db/accounts.ts";
import { accounts } from "../../db/schema.ts";
import { xOAuthFor } from "../../hub/x.ts";
import { ringHeld } from "../../publishing/ringHeld.ts";
import type { Cli } from "./cli.ts";
import { ensureWorker } from "./worker.ts";

/** How to make the app in X's console, as it was in November 2026; X moves its buttons now and then. */
export function appGuide(callbackUrl: string): string[] {
  return [
    "Open https://console.x.com and sign in with the account that pays. Sign up for pay-per-use and buy credits: a post costs $0.015, one with a link $0.20, and without credits X refuses everything.",
    "Make a project and an app in it (or open yours).",
    'In the app, under "User authentication settings", choose "Set up".',
    'App permissions: "Read and write".',
    'Type of app: "Web App, Automated App or Bot". That is a confidential client, the one with a secret.',
    `Callback URI: ${callbackUrl}  (exactly so; nothing needs to listen there)`,
    "Website URL: any page of yours. Save: without it the sign-in page only says that something went wrong.",
    'Copy the OAuth 2.0 "Client ID" and "Client Secret" (not the API key, not the bearer token).',
  ];
}

export interface AppCredentials {
  readonly clientId: string;
  /** Absent for a public client (native app). */
  readonly clientSecret?: Secret;
}

/** `accepted`: X knows id and secret. `unchecked`: X did not answer, which says nothing about them. */
export type AppVerdict = "accepted" | "unchecked";

/**
 * Asks X's token endpoint with a refresh token that nobody has: it judges the app first, creates nothing and costs nothing.
 * Throws `x_app_refused`.
 */
export async function probeApp(config: Config, app: AppCredentials): Promise<AppVerdict> {
  const { clientSecret: _, ...rest } = config.x;
  const x = { ...rest, clientId: app.clientId, clientSecret: app.clientSecret };
  const answer = await xOAuthFor({ ...config, x }).refresh(new Secret("psn-asks-whether-x-knows-this-app"), {
    onLate: () => undefined,
  });
  if (answer.ok) return "accepted";
  switch (answer.failure.code) {
    case "token_dead":
      return "accepted";
    case "app_refused":
    case "client_id_missing":
      throw new PsnError("x_app_refused", "X does not know this client id with this secret.", {
        next: "copy both again from X's console (OAuth 2.0 Client ID and Client Secret), then: psn setup x-app",
      });
    default:
      return "unchecked";
  }
}

/** What the app's wrong secret held goes on at once. Returns how many posts. */
export async function liftAppHolds(cli: Cli): Promise<number> {
  const session = await cli.session().catch((error: unknown) => {
    // The app is stored all the same; the status tells what the database lacks.
    if (error instanceof PsnError) return undefined;
    throw error;
  });
  if (session === undefined) return 0;
  const { database, desk } = session;
  let resumed = 0;
  for (const { id } of await database.orm.select({ id: accounts.id }).from(accounts)) {
    if (await liftHold(database.orm, id, "x_app_refused")) resumed += await ringHeld(desk, id, "the app is mended");
  }
  if (resumed > 0 && cli.config.engine === "local") await ensureWorker(cli.config, database.orm);
  return resumed;
}

/** Keeps what X has accepted, or could not be asked about. */
export async function storeApp(config: Config, { clientId, clientSecret }: AppCredentials): Promise<void> {
  if (clientSecret !== undefined) await storeSetting(config, "X_CLIENT_SECRET", clientSecret.reveal());
  await storeSetting(config, "X_CLIENT_ID", clientId);
}
