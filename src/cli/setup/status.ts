import type { PsnError } from "../../core/errors.ts";
import { readAttention } from "../../db/attention.ts";
import { findAstray } from "../../db/reconcile.ts";
import { runningWorker } from "../../db/worker.ts";
import { mendsEnded, whyEnded } from "../../vault/ended.ts";
import { dim, green, red, yellow } from "../render/style.ts";
import type { Cli } from "../support/cli.ts";
import { defineCommand } from "../support/command.ts";
import { keyringHere } from "../support/keyring.ts";
import { machineZone } from "../support/machineZone.ts";
import { toPsnError } from "../support/output.ts";
import { databaseVersion } from "../support/session.ts";

interface Step {
  readonly step: "configuration" | "timezone" | "database" | "encryption_key" | "x_app" | "sign_in" | "engine";
  readonly state: "done" | "missing" | "broken";
  readonly detail: string;
  /** Where its value comes from; never the value of a secret. */
  readonly from?: string;
  readonly next?: string;
}

const MARKS = { done: green("✓"), missing: yellow("○"), broken: red("✗") };

export default defineCommand({
  name: "status",
  summary: "Each step of the setup: done, missing or broken, and the next command. Always exits 0",
  examples: ["psn setup status", "psn setup status --json"],
  configure: (command) => command,
  run: async (cli) => {
    const steps = await allSteps(cli);
    const open = steps.find((step) => step.state !== "done");
    const lines = steps.map(({ step, state, detail, from }) => {
      const origin = from === undefined ? "" : dim(`  (${from})`);
      return `${MARKS[state]} ${step.replaceAll("_", " ").padEnd(15)} ${detail}${origin}`;
    });
    if (open?.next !== undefined) lines.push(dim(`→ ${open.next}`));
    return { data: { ready: open === undefined, next: open?.next ?? null, steps }, text: lines.join("\n") };
  },
});

async function allSteps(cli: Cli): Promise<Step[]> {
  try {
    void cli.config;
  } catch (error) {
    return [broken("configuration", error)];
  }
  return [timezone(cli), ...(await databaseSteps(cli))];
}

function timezone({ config }: Cli): Step {
  if (config.timezone === undefined) {
    return { step: "timezone", state: "missing", detail: "not set", next: `psn setup timezone ${machineZone()}` };
  }
  return { step: "timezone", state: "done", detail: config.timezone, from: config.origins.PSN_TIMEZONE };
}

function xApp({ config }: Cli): Step {
  const { clientId, clientSecret } = config.x;
  if (clientId === undefined) {
    return { step: "x_app", state: "missing", detail: "no client id", next: "psn setup x-app" };
  }
  const secret =
    clientSecret === undefined ? "public client, no secret" : `secret from ${config.origins.X_CLIENT_SECRET}`;
  return { step: "x_app", state: "done", detail: secret, from: config.origins.X_CLIENT_ID };
}

async function databaseSteps(cli: Cli): Promise<Step[]> {
  try {
    const { database, embedded } = await cli.session();
    const from = embedded ? "default" : cli.config.origins.DATABASE_URL;
    const detail = `${embedded ? "embedded " : ""}Postgres ${await databaseVersion(database)}`;
    return [
      { step: "database", state: "done", detail, from },
      await keyStep(cli),
      xApp(cli),
      await signInStep(cli),
      await engineStep(cli),
    ];
  } catch (error) {
    cli.noteUnexpected(error);
    const { databaseUrl, secretsFile, stateDir } = cli.config;
    const act =
      databaseUrl === undefined
        ? `look into ${stateDir}/postgres.log, then: psn setup database`
        : `start that server, or correct DATABASE_URL in ${secretsFile}, then: psn setup database`;
    return [broken("database", error, act), xApp(cli)];
  }
}

async function keyStep(cli: Cli): Promise<Step> {
  try {
    const { database } = await cli.session();
    const keyring = await keyringHere(cli.config, database.orm);
    const from = cli.config.encryptionKey === undefined ? "secrets.env" : cli.config.origins.PSN_ENCRYPTION_KEY;
    return { step: "encryption_key", state: "done", detail: `v${keyring.newest}`, from };
  } catch (error) {
    return broken("encryption_key", error);
  }
}

async function signInStep(cli: Cli): Promise<Step> {
  const { desk } = await cli.session();
  const account = (await readAttention(desk.orm)).accounts.find((a) => a.isDefault);
  if (account === undefined) {
    return { step: "sign_in", state: "missing", detail: "nobody is signed in", next: "psn setup x-auth start" };
  }
  const { username, dead } = account;
  if (dead === null) return { step: "sign_in", state: "done", detail: `@${username}` };
  const detail = `@${username}: it has ended: ${whyEnded(dead)}`;
  return { step: "sign_in", state: "broken", detail, next: mendsEnded(dead, username) };
}

async function engineStep(cli: Cli): Promise<Step> {
  const { config } = cli;
  const origin = config.origins.PSN_ENGINE;
  const from = origin === "unset" ? "default" : origin;
  const { desk } = await cli.session();
  const { elsewhere } = await findAstray(desk.orm, cli.now(), config.engine);
  if (elsewhere > 0) {
    const other = config.engine === "local" ? "Trigger.dev" : "the local engine";
    const detail = `${elsewhere === 1 ? "1 post is" : `${elsewhere} posts are`} still with ${other}`;
    return { step: "engine", state: "broken", detail, from, next: `psn setup engine ${config.engine}` };
  }
  if (config.engine === "trigger") {
    const { projectRef, secretKey } = config.trigger;
    const isLinked = projectRef !== undefined && secretKey !== undefined;
    return isLinked
      ? { step: "engine", state: "done", detail: `Trigger.dev, ${projectRef}`, from }
      : { step: "engine", state: "missing", detail: "Trigger.dev: not linked", from, next: "psn setup trigger" };
  }
  const worker = await runningWorker(desk.orm);
  const detail =
    worker === undefined ? "local; the worker starts when a post is armed" : `local; worker ${worker.pid} runs`;
  return { step: "engine", state: "done", detail, from };
}

/** `act` is for what would only lead here again. */
function broken(step: Step["step"], error: unknown, act = "psn setup doctor"): Step {
  const { message, next = "psn setup status" }: PsnError = toPsnError(error);
  return { step, state: "broken", detail: message, next: next === "psn setup status" ? act : next };
}
