import type { Config } from "../../config/load.ts";
import { SETTINGS } from "../../config/settings.ts";
import { storeSetting } from "../../config/store.ts";
import { PsnError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import { bold, green, yellow } from "../render/style.ts";
import type { Cli } from "../support/cli.ts";
import { defineCommand, type Outcome } from "../support/command.ts";
import { readStdin } from "../support/input.ts";
import { notice } from "../support/output.ts";
import { asked, askedSecretly } from "../support/prompts.ts";
import { stillInUse } from "./deploy/errors.ts";
import { kindOfKey } from "./deploy/key.ts";
import { type Link, linkTo, proveKey, proveProject } from "./deploy/link.ts";

const SECRET_BYTES = 4 * 1024;
const REF = SETTINGS.TRIGGER_PROJECT_REF;

export default defineCommand({
  name: "trigger",
  summary:
    "Link psn to a project of yours at Trigger.dev, its key by stdin. Without options: a check of what is stored",
  examples: ["psn setup trigger proj_yourproject --stdin < key.txt", "psn setup trigger"],
  configure: (command) =>
    command
      .argument("[project]", "the project ref, proj_…, from the project's settings")
      .option("--stdin", "read the environment's secret key from stdin"),
  run: async (cli, command): Promise<Outcome> => {
    const given = projectGiven(command.args[0]);
    const fromStdin = command.opts<{ stdin?: boolean }>().stdin === true;
    const { link, ownProject } = await linked(cli, given, fromStdin);
    return told(cli.config, link, ownProject);
  },
});

/** Links a project, asking for what is missing. Returns its ref. Throws PsnError as `proveKey` does. */
export async function linkByPrompt(cli: Cli): Promise<string> {
  return (await linked(cli, undefined, false)).link.projectRef;
}

async function linked(cli: Cli, given: string | undefined, fromStdin: boolean): Promise<Proven> {
  const projectRef = given ?? cli.config.trigger.projectRef ?? (await promptedProject(cli, fromStdin));
  const secretKey = fromStdin ? await keyFromStdin(projectRef) : cli.config.trigger.secretKey;
  const made = await proven(cli, projectRef, secretKey, fromStdin);
  checkNotInUse(cli.config, made.link);
  await store(cli.config, made.link);
  cli.reload();
  return made;
}

function projectGiven(word: string | undefined): string | undefined {
  const ref = word?.trim();
  if (ref === undefined || REF.schema.safeParse(ref).success) return ref;
  const why = /^(tr|pk)_/.test(ref)
    ? "A key as an argument is in your shell's history by now: make a new one, and give that by stdin."
    : `The project must be ${REF.expected}.`;
  throw new PsnError("usage", why, { next: "psn setup trigger --help" });
}

async function promptedProject(cli: Cli, fromStdin: boolean): Promise<string> {
  if (!cli.interactive || fromStdin) throw inputNeeded("psn does not know your project at Trigger.dev yet.");
  notice("Make a project at Trigger.dev (or at your own installation, see TRIGGER_API_URL) and open its settings.");
  const wrong = (text: string) => (REF.schema.safeParse(text.trim()).success ? undefined : REF.expected);
  return (await asked("Project ref", wrong)).trim();
}

async function keyFromStdin(projectRef: string): Promise<Secret> {
  const text = new TextDecoder().decode(await readStdin(SECRET_BYTES)).trim();
  if (text === "") throw inputNeeded("Nothing came by stdin; the key must.", projectRef);
  return new Secret(text);
}

const inputNeeded = (why: string, projectRef = "PROJECT_REF") =>
  new PsnError("input_needed", why, { next: `psn setup trigger ${projectRef} --stdin` });

interface Proven {
  readonly link: Link;
  /** Whether it was seen that the key is this project's. */
  readonly ownProject: boolean;
}

/** A stored key that is of no use any more can be replaced at once by whoever sits at the terminal. */
async function proven(cli: Cli, projectRef: string, given: Secret | undefined, fromStdin: boolean): Promise<Proven> {
  const { apiUrl } = cli.config.trigger;
  if (given !== undefined) {
    try {
      return await proof(linkTo(projectRef, given, apiUrl));
    } catch (error) {
      const mends = !fromStdin && cli.interactive && error instanceof PsnError && error.code === "config_invalid";
      if (!mends) throw error;
      notice(error.message);
    }
  }
  if (!cli.interactive) throw inputNeeded("The environment's secret key must come by stdin here.", projectRef);
  return await proof(linkTo(projectRef, await askedSecretly("Its production key, tr_prod_… (not shown)"), apiUrl));
}

async function proof(link: Link): Promise<Proven> {
  await proveKey(link);
  return { link, ownProject: await proveProject(link) };
}

/** Another key of the same environment is welcome at any time. */
function checkNotInUse({ engine, trigger }: Config, link: Link): void {
  const { projectRef, secretKey } = trigger;
  if (engine !== "trigger" || projectRef === undefined || secretKey === undefined) return;
  const environment = environmentOrNone(secretKey);
  if (environment === undefined || (projectRef === link.projectRef && environment === link.environment)) return;
  throw stillInUse(projectRef, environment);
}

/** A stored key that can't arm anything has armed nothing. */
function environmentOrNone(secretKey: Secret): string | undefined {
  try {
    return kindOfKey(secretKey.reveal()).environment;
  } catch (error) {
    if (error instanceof PsnError) return undefined;
    throw error;
  }
}

async function store(config: Config, { projectRef, secretKey }: Link): Promise<void> {
  const { origins, engine, trigger } = config;
  // A key alone would make Trigger.dev the engine, before anything is deployed there.
  if (origins.PSN_ENGINE === "unset" && engine === "local") await storeSetting(config, "PSN_ENGINE", "local");
  if (projectRef !== trigger.projectRef) await storeSetting(config, "TRIGGER_PROJECT_REF", projectRef);
  if (secretKey.reveal() !== trigger.secretKey?.reveal()) {
    await storeSetting(config, "TRIGGER_SECRET_KEY", secretKey.reveal());
  }
}

function told({ engine, trigger, origins }: Config, link: Link, ownProject: boolean): Outcome {
  const { projectRef, environment, apiUrl } = link;
  const used = trigger.projectRef === projectRef && trigger.secretKey?.reveal() === link.secretKey.reveal();
  const overridden = used ? [] : (["TRIGGER_PROJECT_REF", "TRIGGER_SECRET_KEY"] as const).filter(fromEnvironment);
  const next = "psn setup deploy";
  const data = { project: projectRef, key: environment, apiUrl, engine, ownProject, overridden, next };
  const lines = [`${green("✓")} Trigger.dev accepts the ${environment} key of ${bold(projectRef)}.`];
  if (environment !== "production") {
    lines.push(`${yellow("!")} psn's watchdog and its refresher of sign-ins run in production only.`);
  }
  if (!ownProject) lines.push(`${yellow("!")} Whether it is this project's key shows with the deploy.`);
  for (const name of overridden) lines.push(`${yellow("!")} Stored, but ${name} of the environment is used instead.`);
  lines.push(
    engine === "local"
      ? "Posts still go out from this machine. To have Trigger.dev send them: psn setup deploy, then psn setup engine trigger"
      : "Its worker must be there before a post is due: psn setup deploy",
  );
  return { data, text: lines.join("\n") };

  function fromEnvironment(name: "TRIGGER_PROJECT_REF" | "TRIGGER_SECRET_KEY"): boolean {
    return origins[name] === "environment";
  }
}
