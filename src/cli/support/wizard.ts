import { storeSetting } from "../../config/store.ts";
import { PsnError } from "../../core/errors.ts";
import { checkZone } from "../../core/time/zone.ts";
import { defaultAccount } from "../../db/accounts.ts";
import { openDatabase } from "../../db/connection.ts";
import { databaseProblem } from "../../db/failures.ts";
import { schemaState } from "../../db/migrate.ts";
import type { EngineName } from "../../engine/port.ts";
import type { Cli } from "./cli.ts";
import { keyringHere } from "./keyring.ts";
import { machineZone } from "./machineZone.ts";
import { notice } from "./output.ts";
import { asked, askedSecretly, askedWhich } from "./prompts.ts";
import { databaseVersion, migrateEverything } from "./session.ts";
import { signInByPrompt } from "./signInPrompt.ts";
import { tryStoredSignIn } from "./storedSignIn.ts";
import { appGuide, liftAppHolds, probeApp, storeApp } from "./xApp.ts";

/** One step of the wizard: does what is missing, proves its result, and tells it in a line. */
export interface WizardStep {
  readonly title: string;
  run(cli: Cli): Promise<string>;
}

export const WIZARD: readonly WizardStep[] = [
  { title: "Time zone", run: timezone },
  { title: "Database", run: database },
  { title: "Encryption key", run: encryptionKey },
  { title: "X app", run: xApp },
  { title: "Sign-in", run: signIn },
  { title: "Engine", run: engine },
];

async function timezone(cli: Cli): Promise<string> {
  const { timezone: known, origins } = cli.config;
  if (known !== undefined) return `${known} (${origins.PSN_TIMEZONE})`;
  const zone = checkZone(await asked("In which time zone do you live?", wrongZone, { initial: machineZone() }));
  await storeSetting(cli.config, "PSN_TIMEZONE", zone);
  cli.reload();
  return zone;
}

function wrongZone(text: string): string | undefined {
  try {
    checkZone(text.slice(0, 60));
    return undefined;
  } catch (error) {
    if (error instanceof PsnError) return error.message;
    throw error;
  }
}

async function database(cli: Cli): Promise<string> {
  if (cli.config.databaseUrl === undefined && !(await cli.hasDatabase())) {
    const kind = await askedWhich("Where shall your posts be kept?", [
      { value: "embedded", label: "here", hint: "psn runs a Postgres of its own" },
      { value: "url", label: "in a Postgres of mine", hint: "postgres://…" },
    ]);
    if (kind === "url") await ownDatabase(cli);
  }
  if (cli.config.databaseUrl !== undefined) await tryDatabase(cli.config.databaseUrl.reveal());
  const session = await cli.session();
  const kind = session.embedded ? "embedded" : "yours";
  return `Postgres ${await databaseVersion(session.database)}, ${kind}`;
}

/** Asks until a URL answers a real query and has psn's tables; only then is it kept. */
async function ownDatabase(cli: Cli): Promise<void> {
  for (;;) {
    const url = await askedSecretly("Its URL (not shown): postgres://user:password@host:5432/name");
    try {
      await tryDatabase(url.reveal());
      await storeSetting(cli.config, "DATABASE_URL", url.reveal());
      return cli.reload();
    } catch (error) {
      if (!(error instanceof PsnError)) throw error;
      notice(error.message);
    }
  }
}

async function tryDatabase(url: string): Promise<void> {
  if (!URL.canParse(url)) throw new PsnError("config_invalid", "That is no URL.", { next: "psn setup" });
  const opened = openDatabase({ url });
  try {
    await databaseVersion(opened);
    if ((await schemaState(opened.orm)) !== "current") await migrateEverything(opened, { url });
  } catch (error) {
    throw databaseProblem(error) ?? error;
  } finally {
    await opened.close();
  }
}

async function encryptionKey(cli: Cli): Promise<string> {
  const { database: opened } = await cli.session();
  const keyring = await keyringHere(cli.config, opened.orm);
  return `v${keyring.newest}, in ${cli.config.secretsFile}: keep a copy of that file`;
}

async function xApp(cli: Cli): Promise<string> {
  const { clientId, clientSecret, callbackUrl } = cli.config.x;
  if (clientId !== undefined) {
    const stored = clientSecret === undefined ? { clientId } : { clientId, clientSecret };
    const verdict = await probeApp(cli.config, stored);
    if (verdict === "accepted") await liftAppHolds(cli);
    return `${clientId}, ${verdict}`;
  }
  notice(
    appGuide(callbackUrl)
      .map((line, index) => `${index + 1}. ${line}`)
      .join("\n"),
  );
  for (;;) {
    const id = await asked("OAuth 2.0 Client ID", (text) =>
      /^\S+$/.test(text.trim()) ? undefined : "one word, please",
    );
    const app = { clientId: id.trim(), clientSecret: await askedSecretly("OAuth 2.0 Client Secret (not shown)") };
    try {
      const verdict = await probeApp(cli.config, app);
      await storeApp(cli.config, app);
      cli.reload();
      return `${app.clientId}, ${verdict}`;
    } catch (error) {
      if (!(error instanceof PsnError) || error.code !== "x_app_refused") throw error;
      notice(`${error.message} Copy both again.`);
    }
  }
}

/** A sign-in that is there is tested, and renewed when only its access token has run out. */
async function signIn(cli: Cli): Promise<string> {
  const account = await defaultAccount((await cli.session()).database.orm);
  if (account !== undefined) {
    const standing = await tryStoredSignIn(cli, account.id);
    if (standing.works) return `@${account.username}, still good`;
    notice(`The sign-in of @${account.username} has ended: ${standing.because}.`);
  }
  const { username } = await signInByPrompt(cli);
  return `@${username}`;
}

async function engine(cli: Cli): Promise<string> {
  const { config } = cli;
  const { PSN_ENGINE: from } = config.origins;
  if (from !== "default" && from !== "unset") return rings(config.engine);
  // Nobody else reaches the embedded database.
  const other = config.databaseUrl === undefined ? "here" : await askedWhich("From where shall posts go out?", PLACES);
  if (other === "here") {
    await storeSetting(config, "PSN_ENGINE", "local");
    cli.reload();
    return rings("local");
  }
  return `${rings("local")}, until you have deployed to ${await linkedProject(cli)}: psn setup deploy, then psn setup engine trigger`;
}

const PLACES = [
  { value: "here", label: "this machine", hint: "it must be on and awake at that time" },
  { value: "trigger", label: "Trigger.dev", hint: "also while this machine is off; needs a project there" },
] as const;

const rings = (engine: EngineName): string => (engine === "local" ? "the worker on this machine" : "Trigger.dev");

/** Asks until Trigger.dev accepts a key. */
async function linkedProject(cli: Cli): Promise<string> {
  const { linkByPrompt } = await import("../setup/trigger.ts");
  for (;;) {
    try {
      return await linkByPrompt(cli);
    } catch (error) {
      if (!(error instanceof PsnError) || error.code !== "config_invalid") throw error;
      notice(error.message);
    }
  }
}
