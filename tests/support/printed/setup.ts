import { z } from "zod";
import { count, difference, handle, instant, text, trouble } from "./values.ts";

const check = z.strictObject({
  check: text,
  state: z.enum(["ok", "warning", "failed"]),
  detail: text,
  /** The fix: a command or an act. */
  next: text.exactOptional(),
});

const engine = z.enum(["local", "trigger"]);
const schema = z.enum(["current", "behind", "empty", "newer"]);
const environment = z.enum(["production", "staging", "preview"]);
const code = z.strictObject({ version: text, migration: text });

/** A deployed worker, held against this machine. */
const proof = z.strictObject({
  same: z.boolean(),
  worker: z.strictObject({
    run: text,
    version: text.nullable(),
    engine: z.literal("trigger"),
    code,
    databaseOk: z.boolean(),
    databaseVersion: text.nullable(),
    schema: schema.nullable(),
    keyFingerprint: text.nullable(),
    keyVersion: count.nullable(),
    problem: trouble.nullable(),
  }),
  here: z.strictObject({ code, databaseVersion: text, keyVersion: count, keyFingerprint: text }),
  differences: z.array(difference),
  /** Only where there are none: each of them has its own. */
  next: text.exactOptional(),
});

/** Of a deploy that something stands against: nothing was sent. */
const refused = z.strictObject({ ready: z.literal(false), deployed: z.literal(false), checks: z.array(check) });

/** `data` of `psn setup …`. A second word is one of the line that makes it another answer. */
export const SETUP = {
  status: z.strictObject({
    ready: z.boolean(),
    next: text.nullable(),
    steps: z.array(
      z.strictObject({
        step: z.enum(["configuration", "timezone", "database", "encryption_key", "x_app", "sign_in", "engine"]),
        state: z.enum(["done", "missing", "broken"]),
        detail: text,
        from: text.exactOptional(),
        next: text.exactOptional(),
      }),
    ),
  }),
  // It asks questions, which --json never does.
  wizard: z.never(),
  timezone: z.strictObject({ zone: text, file: text, overriddenBy: z.literal("environment").exactOptional() }),
  // The embedded one is brought up to date whenever it is opened: what it was before is not known.
  database: z.strictObject({
    kind: z.enum(["embedded", "url"]),
    version: text,
    schema: z.literal("current"),
    before: schema.exactOptional(),
  }),
  "x-app": z.strictObject({
    clientId: text,
    secret: z.boolean(),
    callbackUrl: z.url(),
    accepted: z.boolean(),
    resumed: count,
    next: text,
  }),
  "x-auth start": z.strictObject({ url: z.url(), finish: text, codeLivesSeconds: z.literal(30) }),
  "x-auth finish": z.strictObject({ account: handle, former: handle.nullable(), resumed: count, next: text }),
  backup: z.strictObject({ file: text, posts: count, bytes: count }),
  restore: z.strictObject({ file: text, posts: count, at: instant, next: text }),
  "rotate-key": z.strictObject({ version: count, reencrypted: count, file: text }),
  revoke: z.strictObject({ account: handle, revokedAtX: z.boolean() }),
  trigger: z.strictObject({
    project: text,
    key: environment,
    apiUrl: z.url(),
    engine,
    ownProject: z.boolean(),
    overridden: z.array(z.enum(["TRIGGER_PROJECT_REF", "TRIGGER_SECRET_KEY"])),
    next: text,
  }),
  "deploy --check": proof,
  "deploy --dry-run": z.discriminatedUnion("ready", [
    refused.extend({ dryRun: z.literal(true) }),
    z.strictObject({
      dryRun: z.literal(true),
      ready: z.literal(true),
      project: text,
      environment,
      apiUrl: z.url(),
      variables: z.array(text),
      checks: z.array(check),
      next: text,
    }),
  ]),
  deploy: z.discriminatedUnion("deployed", [
    refused,
    proof.extend({ deployed: z.literal(true), project: text, environment, version: text.nullable(), log: text }),
  ]),
  engine: z.strictObject({ engine, file: text, moved: count, publishing: count }),
  doctor: z.strictObject({ healthy: z.boolean(), checks: z.array(check) }),
};
