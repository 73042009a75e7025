import { join } from "node:path";
import { readEnvironment } from "../../config/environment.ts";
import type { Config } from "../../config/load.ts";
import { PsnError } from "../../core/errors.ts";
import { openStateFolder } from "../../embedded/place.ts";
import { packageFolder } from "../../files/package.ts";
import { dim, green, red } from "../render/style.ts";
import type { Cli } from "../support/cli.ts";
import { defineCommand, type Outcome } from "../support/command.ts";
import { notice } from "../support/output.ts";
import { openDatabaseSession } from "../support/session.ts";
import { interrupted, unproven } from "./deploy/errors.ts";
import { deployEnvironment, handedOver } from "./deploy/handOver.ts";
import { type Link, linkOf } from "./deploy/link.ts";
import { type Look, lookAtWorker, sentenceOf } from "./deploy/look.ts";
import { type Preflight, preflight } from "./deploy/preflight.ts";
import { redactor } from "./deploy/redact.ts";
import { runTool } from "./deploy/runTool.ts";
import { failureOf, versionIn } from "./deploy/toolWords.ts";
import { lineOf } from "./doctor.ts";

interface Options {
  readonly dryRun?: boolean;
  readonly check?: boolean;
  readonly wait: string;
}

export default defineCommand({
  name: "deploy",
  summary: "Deploy psn's worker to Trigger.dev, and prove that it can publish; or only look at the one that is there",
  examples: ["psn setup deploy --dry-run", "psn setup deploy", "psn setup deploy --check"],
  configure: (command) =>
    command
      .option("--dry-run", "look whether a deploy can succeed and what it would hand over, and send nothing")
      .option("--check", "deploy nothing: compare the deployed worker with this machine")
      .option("--wait <seconds>", "how long the worker may take to answer", "120"),
  run: async (cli, command): Promise<Outcome> => {
    const options = command.opts<Options>();
    const limitMs = secondsGiven(options.wait) * 1000;
    if (options.check === true && options.dryRun === true) {
      throw new PsnError("usage", "Give --check or --dry-run, not both.", { next: "psn setup deploy --help" });
    }
    if (options.check === true) return checked(cli.config, await look(cli.config, linkOf(cli.config), limitMs));
    const found = await preflight(cli.config);
    if (found.ready === undefined) return notReady(found, options.dryRun);
    const { env } = readEnvironment();
    const surroundings = deployEnvironment(cli.config, found.ready.link, found.ready.token, env);
    if (options.dryRun === true) return wouldDeploy(found, found.ready, surroundings);
    const made = await deploy(cli, found.ready, surroundings);
    const seen = await look(cli.config, found.ready.link, limitMs, made.version).catch((error: unknown) => {
      throw unproven(error, made);
    });
    return deployed(cli.config, found.ready.link, made, seen);
  },
});

function secondsGiven(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new PsnError("usage", "--wait takes a whole number of seconds.", { next: "psn setup deploy --help" });
}

type Ready = NonNullable<Preflight["ready"]>;

/** What the CLI made. */
interface Made {
  /** As Trigger.dev numbers deployments; undefined where the CLI did not say. */
  readonly version: string | undefined;
  readonly log: string;
}

/** Nothing secret is among them: `ps` shows them to everybody. What is bundled here can read the environment here. */
const argumentsFor = ({ option, projectRef }: Link): string[] => [
  "deploy",
  ...["--env", option, "--project-ref", projectRef],
  // No .env of the folder may take the place of what was checked.
  ...["--env-file", "/dev/null"],
  // Where the platform would bundle the sources itself, syncEnvVars would run there, without the values.
  "--depot-build",
  ...["--skip-update-check", "--skip-telemetry", "--plain"],
];

/** Throws PsnError `deploy_failed`, `engine_unavailable` or `interrupted`, each with the log. */
async function deploy(cli: Cli, { link, tools, token }: Ready, env: Readonly<Record<string, string>>): Promise<Made> {
  const log = join(openStateFolder(cli.config.stateDir), "deploy.log");
  notice(`Deploying to the ${link.environment} of ${link.projectRef}. This takes a few minutes; the log is ${log}`);
  const end = await runTool({
    program: tools.node,
    args: [tools.cli, ...argumentsFor(link)],
    cwd: packageFolder(),
    env,
    log,
    redact: redactor(cli.config, [token]),
    show: (line) => (cli.interactive ? notice(dim(line)) : undefined),
  });
  if (end.stopped) throw interrupted(log);
  if (end.exit !== 0) throw await failureOf(end, link, log);
  return { version: versionIn(end), log };
}

async function look(config: Config, link: Link, limitMs: number, deployed?: string): Promise<Look> {
  const session = await openDatabaseSession(config);
  try {
    return await lookAtWorker(config, session.database, link, { limitMs, deployed });
  } finally {
    await session.close();
  }
}

function notReady({ checks }: Preflight, dryRun: boolean | undefined): Outcome {
  const problems = checks.filter(({ state }) => state === "failed");
  const [first] = problems;
  const count = problems.length === 1 ? "One thing stands" : `${problems.length} things stand`;
  const next = first?.next;
  const message = `${count} against a deploy, the first: ${first?.detail ?? ""}`;
  return {
    data: { ...(dryRun === true ? { dryRun } : {}), ready: false, deployed: false, checks },
    text: checks.map(lineOf).join("\n"),
    problem: new PsnError("not_set_up", message, next === undefined ? {} : { next }),
  };
}

function wouldDeploy({ checks }: Preflight, { link }: Ready, env: Readonly<Record<string, string>>): Outcome {
  const { projectRef: project, environment, apiUrl } = link;
  const variables = handedOver(env);
  const data = { dryRun: true, ready: true, project, environment, apiUrl, variables, checks, next: "psn setup deploy" };
  const lines = [
    ...checks.map(lineOf),
    "",
    `Would be deployed to the ${environment} of ${project} at ${apiUrl}. Its worker would get these variables:`,
    ...variables.map((name) => `  ${name}`),
    "Nothing was sent (--dry-run).",
  ];
  return { data, text: lines.join("\n") };
}

function deployed(config: Config, link: Link, made: Made, found: Look): Outcome {
  const { data, text, problem } = checked(config, found);
  const { projectRef: project, environment } = link;
  const as = made.version === undefined ? "" : ` as ${made.version}`;
  return {
    data: { deployed: true, project, environment, version: made.version ?? null, log: made.log, ...data },
    text: `${green("✓")} Deployed to the ${environment} of ${project}${as}.\n${text}`,
    ...(problem === undefined ? {} : { problem }),
  };
}

function checked(config: Config, found: Look): Outcome & { data: object } {
  const { run, version, here, there, differences } = found;
  const next = config.engine === "trigger" ? "psn status" : "psn setup engine trigger";
  const [first] = differences;
  const data = { same: first === undefined, worker: { run, version: version ?? null, ...there }, here, differences };
  if (first === undefined)
    return { data: { ...data, next }, text: `${green("✓")} ${sentenceOf(found)}.\n${dim(`→ ${next}`)}` };
  const lines = differences.map((one) => `${red("✗")} ${one.message}\n  ${dim(`→ ${one.next}`)}`);
  return { data, text: lines.join("\n"), problem: new PsnError("worker_unfit", first.message, { next: first.next }) };
}
