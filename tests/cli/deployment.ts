import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HealthReport } from "../../src/hub/health.ts";
import { Person } from "../support/person.ts";
import { PROJECT as FOLDER, type RanOf } from "../support/run-psn.ts";
import { startTriggerApi, type TriggerApi } from "../support/trigger-api/trigger-api.ts";
import type { OnRing } from "../support/trigger-api/worker.ts";
import { filesBelow, leaksIn, type Place } from "./leaks.ts";
import { ask, type Given } from "./outside.ts";

export const PROJECT = "proj_standin";
export const KEY = "tr_prod_planted_key_4hGz";
export const DEPLOYED = { tasks: ["psn-health"], queues: ["psn-health"] };
/** What a worker is given. */
export const VARIABLES = [
  ...["DATABASE_URL", "PSN_ENCRYPTION_KEY", "X_CLIENT_SECRET", "X_CLIENT_ID", "X_CALLBACK_URL", "X_API_URL"],
  ...["PSN_TIMEZONE", "PSN_ENGINE"],
];

/** Somebody who is signed in and linked to a Trigger.dev of their own, and everything that psn told them. */
export class Deployment {
  readonly said: Place[] = [];
  readonly person: Person;
  readonly api: TriggerApi;

  private constructor(person: Person, api: TriggerApi) {
    this.person = person;
    this.api = api;
  }

  /** `manyInOne`: as a person's, see there. */
  static async linked(options: { manyInOne?: boolean } = {}): Promise<Deployment> {
    const [person, api] = await Promise.all([
      Person.arrive(options),
      startTriggerApi({ secretKeys: [KEY], projectRef: PROJECT, deployment: DEPLOYED }),
    ]);
    Object.assign(person.env, {
      PATH: `${dirname(Bun.which("node") ?? "/usr/bin/node")}:${person.env["PATH"]}`,
      TRIGGER_PROJECT_REF: PROJECT,
      TRIGGER_SECRET_KEY: KEY,
      TRIGGER_API_URL: api.url,
      PSN_ENGINE: "local",
    });
    return new Deployment(person, api);
  }

  async end(): Promise<void> {
    await this.api.stop();
    await this.person.leave();
  }

  async run<const L extends string>(line: L, env: Given["env"] = {}): Promise<RanOf<L>> {
    const ran = await ask(this.person, line, { env });
    this.said.push({ name: `what psn ${line} prints`, text: `${ran.stdout}${ran.stderr}` });
    return ran;
  }

  async outcome(line: string, env: Given["env"] = {}): Promise<string> {
    const { exit, json } = await this.run(line, env);
    return json.ok ? `${exit}` : `${exit} ${json.error.code}`;
  }

  /** Compares the worker with this machine while this executes psn-health. `mark`: as for `answered`. */
  checked(execute: OnRing, mark?: boolean): Promise<RanOf<"setup deploy --check">> {
    return this.answered(execute, () => this.run("setup deploy --check"), mark);
  }

  /** Runs a command while this executes psn-health. `mark`: whether the worker leaves its mark in the database. */
  async answered<R>(execute: OnRing, command: () => Promise<R>, mark = true): Promise<R> {
    this.api.worker.onRing(async (ring) => {
      if (mark) {
        await this.person.database.sql`
          insert into key_holders (name, newest) values ('worker at Trigger.dev (prod)', 1)
          on conflict (name) do update set seen_at = now()`;
      }
      return await execute(ring);
    });
    let over = false;
    const ran = command().finally(() => {
      over = true;
    });
    while (!over) {
      await this.api.worker.ringDue();
      await Bun.sleep(20);
    }
    return await ran;
  }

  /** What the worker's own code says of itself, run as the platform runs it: elsewhere, with the variables it is given. */
  async health(): Promise<HealthReport> {
    const given = Object.fromEntries(VARIABLES.map((name) => [name, this.person.env[name] ?? ""]));
    const body = `import { lookAtHealth } from ${JSON.stringify(join(FOLDER, "src/trigger/support/health.ts"))};
      console.log(JSON.stringify(await lookAtHealth("prod"))); process.exit(0);`;
    const child = Bun.spawn([process.execPath, "--no-env-file", "-e", body], {
      cwd: FOLDER,
      env: { ...given, PSN_ENCRYPTION_KEY: this.#encryptionKey(), HOME: "/nonexistent", PATH: "/usr/bin:/bin" },
      stdout: "pipe",
      stderr: "inherit",
    });
    return JSON.parse(await new Response(child.stdout).text());
  }

  /** "the encryption key in state/deploy.log", for every secret in what was printed and in files. */
  leaks(): string[] {
    const { DATABASE_URL = "", X_CLIENT_SECRET = "" } = this.person.env;
    const secrets = new Map([
      ["the key", KEY],
      ["the encryption key", this.#encryptionKey().replace(/^v1:/, "")],
      ["the app's secret", X_CLIENT_SECRET],
      ["the database's URL", DATABASE_URL],
    ]);
    const short = [...secrets].filter(([, value]) => value.length < 10).map(([name]) => `${name} is not known`);
    const files = filesBelow(this.person.home).filter(({ name }) => name !== ".config/psn/secrets.env");
    return [...short, ...leaksIn([...this.said, ...files], secrets)];
  }

  #encryptionKey(): string {
    const kept = readFileSync(join(this.person.home, ".config", "psn", "secrets.env"), "utf8");
    return /^PSN_ENCRYPTION_KEY=(.*)$/m.exec(kept)?.[1] ?? "";
  }
}

/** The command lines of all processes that hold this word; none where the system does not show them so. */
export function commandLinesWith(word: string): string[] {
  if (!existsSync("/proc")) return [];
  const all = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  return all.map(commandLineOf).filter((line) => line.includes(word));
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
  } catch (error) {
    // It ended while we looked.
    if (error instanceof Error && "code" in error) return "";
    throw error;
  }
}
