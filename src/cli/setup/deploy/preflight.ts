import { readEnvironment } from "../../../config/environment.ts";
import type { Config } from "../../../config/load.ts";
import { PsnError } from "../../../core/errors.ts";
import { Secret } from "../../../core/secret.ts";
import { readAttention } from "../../../db/attention.ts";
import type { Orm } from "../../../db/connection.ts";
import { packageFolder } from "../../../files/package.ts";
import { openKeyring } from "../../../hub/keyring.ts";
import { decryptable } from "../../../vault/tokens.ts";
import { openDatabaseSession } from "../../support/session.ts";
import { probeApp } from "../../support/xApp.ts";
import { type Check, failed, ok, tried, warning } from "../doctor/check.ts";
import { checkDatabasePlace, isHere, MOVE } from "./databasePlace.ts";
import { noKeyYet } from "./errors.ts";
import { kindOfKey } from "./key.ts";
import { type Link, linkOf } from "./link.ts";
import { findTools, type Tools } from "./tools.ts";

const SIGN_IN = "psn setup x-auth start";

export interface Preflight {
  readonly checks: readonly Check[];
  /** Set when nothing stands against a deploy. */
  readonly ready?: { readonly link: Link; readonly tools: Tools; readonly token: Secret };
}

/**
 * Looks at everything that a deploy needs, before anything is started or sent: an exception in trigger.config.ts would
 * only warn, and leave a worker that can't work. Asks X about the app, and Trigger.dev about nothing.
 */
export async function preflight(config: Config): Promise<Preflight> {
  const { env } = readEnvironment();
  let link: Link | undefined;
  const linked = await tried("project", async () => {
    link = linkOf(config);
    return [ok("project", `${link.projectRef}, its ${link.environment}`)];
  });
  const credential = link === undefined ? undefined : credentialFor(link, env["TRIGGER_ACCESS_TOKEN"]);
  const { checks: toolChecks, tools } = findTools(packageFolder(), env["PATH"]);
  const checks = [
    ...linked,
    ...(credential === undefined ? [] : [credential.check]),
    ...toolChecks,
    ...(await tried("database", () => databaseChecks(config))),
    ...(await tried("x app", () => appChecks(config))),
  ];
  const token = credential?.token;
  const good = checks.every(({ state }) => state !== "failed");
  return good && link !== undefined && tools !== undefined && token !== undefined
    ? { checks, ready: { link, tools, token } }
    : { checks };
}

/** The key of the environment deploys, too (since 4.5.11); a token in the environment goes before it, as with the CLI itself. */
function credentialFor(link: Link, given: string | undefined): { check: Check; token?: Secret } {
  if (given === undefined || given.trim() === "") {
    return { check: ok("credential", `the ${link.environment} key deploys too`), token: link.secretKey };
  }
  const token = given.trim();
  const next = "take TRIGGER_ACCESS_TOKEN out of the environment, or give one that may deploy";
  if (/^tr_[po]at_/.test(token)) {
    return { check: ok("credential", "TRIGGER_ACCESS_TOKEN of the environment"), token: new Secret(token) };
  }
  try {
    const { environment } = kindOfKey(token);
    if (environment === link.environment) {
      return { check: ok("credential", "TRIGGER_ACCESS_TOKEN of the environment"), token: new Secret(token) };
    }
    return { check: failed("credential", `TRIGGER_ACCESS_TOKEN is a ${environment} key.`, next) };
  } catch (error) {
    if (!(error instanceof PsnError)) throw error;
    return { check: failed("credential", "TRIGGER_ACCESS_TOKEN is no token that deploys.", next) };
  }
}

async function databaseChecks(config: Config): Promise<Check[]> {
  const { databaseUrl, trigger } = config;
  if (databaseUrl === undefined) {
    return [failed("database", "Trigger.dev can't reach the database that psn runs on this machine.", MOVE)];
  }
  const place = checkDatabasePlace(databaseUrl.reveal(), trigger.apiUrl);
  const inside = await tried("database", async () => {
    const { database, close } = await openDatabaseSession(config);
    try {
      return [
        ok("tables", "those of this psn"),
        ...(await tried("encryption key", () => keyChecks(config, database.orm))),
        ...(await tried("sign-in", () => signInChecks(database.orm))),
      ];
    } finally {
      await close();
    }
  });
  return [place, ...inside];
}

/** A key that would be made here and now is none that the worker could have. */
async function keyChecks(config: Config, orm: Orm): Promise<Check[]> {
  const keyring = await openKeyring(config, orm, () => Promise.reject(noKeyYet()));
  const { opened, closed } = await decryptable(orm, keyring);
  const key = `v${keyring.newest} opens ${opened} of ${opened + closed.length} sign-ins`;
  if (closed.length === 0) return [ok("encryption key", key)];
  return [failed("encryption key", `${key}.`, `put the key that psn made back into ${config.secretsFile}`)];
}

async function signInChecks(orm: Orm): Promise<Check[]> {
  const { accounts } = await readAttention(orm);
  if (accounts.every(({ dead }) => dead !== null)) {
    return [failed("sign-in", accounts.length === 0 ? "Nobody is signed in." : "Every sign-in has ended.", SIGN_IN)];
  }
  return accounts.map(({ username, dead }) =>
    dead === null ? ok("sign-in", `@${username}`) : warning("sign-in", `@${username}: it has ended.`, SIGN_IN),
  );
}

async function appChecks(config: Config): Promise<Check[]> {
  const { clientId, clientSecret, apiUrl } = config.x;
  if (clientId === undefined) return [failed("x app", "psn does not know your X app yet.", "psn setup x-app")];
  if (isHere(apiUrl) && !isHere(config.trigger.apiUrl)) {
    return [failed("x app", `X_API_URL (${apiUrl}) leads to this machine only.`, "take X_API_URL out of the settings")];
  }
  const app = clientSecret === undefined ? { clientId } : { clientId, clientSecret };
  const verdict = await probeApp(config, app);
  return [
    verdict === "accepted"
      ? ok("x app", clientSecret === undefined ? "X accepts it, as one without a secret" : "X accepts id and secret")
      : warning("x app", "X did not answer, so its id and secret are not proven.", "psn setup x-app"),
  ];
}
