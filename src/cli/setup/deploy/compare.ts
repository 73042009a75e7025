import type { HealthReport } from "../../../hub/health.ts";

/** The same of this machine as what a worker says of itself. */
export interface Here {
  readonly code: HealthReport["code"];
  readonly databaseVersion: string;
  readonly keyVersion: number;
  readonly keyFingerprint: string;
}

/** One thing in which the worker and this machine are not the same, or that keeps it from publishing. */
export interface Difference {
  readonly what: "deployment" | "code" | "schema" | "key" | "database" | "problem";
  readonly here: string;
  readonly there: string;
  /** A sentence that says both. */
  readonly message: string;
  readonly next: string;
}

export interface Evidence {
  readonly here: Here;
  readonly there: HealthReport;
  /** Whether the worker left its mark in this machine's database; undefined where it could not be expected to. */
  readonly sameDatabase: boolean | undefined;
  /** The deployment that was just made, and the one that answered. */
  readonly deployed?: string | undefined;
  readonly answered?: string | undefined;
}

const DEPLOY = "psn setup deploy";

/** What is deployed against what is here: every difference, the worst first. */
export function differences(evidence: Evidence): Difference[] {
  return [
    deployment(evidence),
    problem(evidence),
    code(evidence),
    database(evidence),
    schema(evidence),
    key(evidence),
  ].flatMap((found) => found ?? []);
}

function deployment({ deployed, answered }: Evidence): Difference | undefined {
  if (deployed === undefined || answered === undefined || deployed === answered) return undefined;
  return {
    what: "deployment",
    here: deployed,
    there: answered,
    message: `${deployed} was just deployed, and ${answered} answers: it is not the current deployment.`,
    next: `promote ${deployed} on the project's page, then: psn setup deploy --check`,
  };
}

/** What the worker itself found; a person mends it from here. */
function problem({ there }: Evidence): Difference | undefined {
  if (there.problem === null) return undefined;
  const { code: kind, message, next } = there.problem;
  return { what: "problem", here: "none", there: kind, message: `The worker says: ${message}`, next };
}

function code({ here, there }: Evidence): Difference | undefined {
  const named = ({ version, migration }: HealthReport["code"]) => `psn ${version} (tables ${migration})`;
  const [ours, theirs] = [named(here.code), named(there.code)];
  if (ours === theirs) return undefined;
  return {
    what: "code",
    here: ours,
    there: theirs,
    message: `The worker runs ${theirs}, here is ${ours}.`,
    next: DEPLOY,
  };
}

function schema({ there }: Evidence): Difference | undefined {
  if (there.schema === null || there.schema === "current") return undefined;
  const found = { behind: "older tables than", newer: "newer tables than", empty: "no tables for" }[there.schema];
  return {
    what: "schema",
    here: "current",
    there: there.schema,
    message: `The worker's database has ${found} the worker's code.`,
    next: there.schema === "newer" ? DEPLOY : "psn setup database",
  };
}

function key({ here, there }: Evidence): Difference | undefined {
  const ours = `v${here.keyVersion} (${here.keyFingerprint})`;
  const theirs = there.keyVersion === null ? "none" : `v${there.keyVersion} (${there.keyFingerprint})`;
  if (ours === theirs) return undefined;
  return {
    what: "key",
    here: ours,
    there: theirs,
    message: `The worker's encryption key is ${theirs}, here it is ${ours}.`,
    next: DEPLOY,
  };
}

function database({ here, there, sameDatabase }: Evidence): Difference | undefined {
  if (there.databaseVersion === null) return undefined;
  const [ours, theirs] = [`Postgres ${here.databaseVersion}`, `Postgres ${there.databaseVersion}`];
  const of = { what: "database", here: ours, there: theirs, next: DEPLOY } as const;
  if (ours !== theirs) return { ...of, message: `The worker's database is ${theirs}, here it is ${ours}.` };
  return sameDatabase === false
    ? { ...of, message: "The worker works on another database than this machine." }
    : undefined;
}
