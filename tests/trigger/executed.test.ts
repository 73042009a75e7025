import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { until } from "../../bench/support/stage.ts";
import { judge } from "../../bench/support/verdict.ts";
import { type Shape, type Written, write } from "../../bench/support/writing.ts";
import { Secret } from "../../src/core/secret.ts";
import { oauthTokens } from "../../src/db/schema.ts";
import { healthReport } from "../../src/hub/health.ts";
import { fingerprint, parseKeyring } from "../../src/vault/keyring.ts";
import { openAccessToken, openRefreshToken } from "../../src/vault/tokens.ts";
import type { TaskId } from "../support/bundle/deployed-worker.ts";
import { withoutNode } from "../support/bundle/node.ts";
import type { Run } from "../support/trigger-api/run.ts";
import { type DeployedStage, openDeployedStage } from "./deployed-stage.ts";

const BUILD_MS = 180_000;
const HOLDER = "worker at Trigger.dev (prod)";

describe.skipIf(withoutNode())("in the worker process of the bundle", () => {
  let stage: DeployedStage;
  beforeAll(async () => {
    // killed.test.ts and late-answers.test.ts start a process for each run.
    stage = await openDeployedStage({ keepProcesses: true });
  }, BUILD_MS);
  afterAll(() => stage.leave());

  async function armed(shape: Shape, mark: string): Promise<Written> {
    const written = await write(stage.parts, shape, mark);
    await stage.arm(written);
    return written;
  }

  /** Rings whatever becomes due, once something is. */
  async function rung(): Promise<readonly Run[]> {
    await until("a run is due", () => stage.api.worker.due().length > 0);
    return await stage.api.worker.ringDue();
  }

  async function outputOf(task: TaskId, payload?: unknown): Promise<unknown> {
    const end = await stage.worker.attempt(task, payload);
    if (end.kind !== "completed") throw new Error(`${task}: ${JSON.stringify(end)}`);
    return end.output;
  }

  const sql = () => stage.person.database.sql;
  const atX = () => stage.world.tweets.inOrder().length;

  test("a post goes out, and its run tells ids and no text", async () => {
    const written = await armed("single", "Alone");
    const [run] = await rung();
    expect(run?.output).toEqual({ kind: "published", postId: written.id, revision: 2, alarm: 1 });
    expect(await judge(sql(), stage.world, [written])).toEqual([]);
  });

  test("a thread with images goes out whole and in order", async () => {
    const written = await armed("images", "Threaded");
    const [run] = await rung();
    expect(run?.output).toMatchObject({ kind: "published" });
    expect(await judge(sql(), stage.world, [written])).toEqual([]);
  });

  test("an alarm that is older than its post does nothing and says why", async () => {
    const written = await armed("single", "Changed");
    const before = atX();
    expect(await outputOf("publish-post", { postId: written.id, revision: 1, alarm: 1 })).toMatchObject({
      kind: "stale",
      why: "the post was changed after this alarm was set",
    });
    expect(await outputOf("publish-post", { postId: "pnobodysid", revision: 1, alarm: 1 })).toMatchObject({
      kind: "stale",
      why: "no such post",
    });
    expect(atX()).toBe(before);
    await rung();
    expect(await judge(sql(), stage.world, [written])).toEqual([]);
  });

  test("a run that must wait has armed the next one, as a run of its own, when it ends", async () => {
    stage.world.addFault({
      match: { method: "POST", path: "/2/tweets", bodyIncludes: "Limited" },
      times: 1,
      action: { kind: "answer", status: 429, body: { title: "Too Many Requests", status: 429 } },
    });
    const written = await armed("single", "Limited");
    const [run] = await rung();
    expect(run?.output).toMatchObject({ kind: "waiting", postId: written.id, alarm: 1 });

    const next = stage.api.runs().at(-1);
    expect(next).toMatchObject({ status: "DELAYED", payload: { postId: written.id, revision: 2, alarm: 2 } });
    const body = stage.api.requests.at(-1)?.body;
    expect(body).toMatchObject({ options: { queue: { name: "publish-post" }, concurrencyKey: expect.any(String) } });
    // Otherwise it would be cancelled with the run that armed it, or kept to that run's deployment.
    expect(JSON.stringify(body)).not.toMatch(/parentRunId|lockToVersion/);
  });

  test("the watchdog arms what lost its run, which then goes out, and shows the worker's key", async () => {
    const written = await armed("single", "Orphaned");
    const { id } = written;
    await until("its run is due", () => stage.api.worker.due().length > 0);
    for (const run of stage.api.worker.due()) stage.api.worker.expire(run.id);
    await sql()`update posts set alarm_at = now() - interval '1 minute', updated_at = now() - interval '1 minute' where id = ${id}`;

    const tick = await stage.worker.start("watchdog");
    await stage.api.worker.ring(tick);
    expect(stage.api.run(tick).output).toMatchObject({ rearmed: 1, missed: 0, problem: null });
    const [run] = await rung();
    expect(run?.output).toMatchObject({ kind: "published", postId: id, alarm: 2 });
    expect(await sql()`select newest from key_holders where name = ${HOLDER}`).toMatchObject([{ newest: 1 }]);
  });

  test("the watchdog sends nothing that is too late", async () => {
    const written = await armed("single", "Missed");
    const before = atX();
    await sql()`update posts set scheduled_at = now() - interval '1 hour', alarm_at = now() - interval '1 hour',
      updated_at = now() - interval '1 hour' where id = ${written.id}`;
    expect(await outputOf("watchdog")).toMatchObject({ rearmed: 0, missed: 1 });
    const [run] = await rung();
    expect(run?.output).toMatchObject({ kind: "stale", postId: written.id });
    expect(atX()).toBe(before);
  });

  test("the refresher renews a sign-in that nothing has used lately, and none twice", async () => {
    await sql()`update oauth_tokens set refreshed_at = now() - interval '21 hours'`;
    const [{ version = 0 } = {}] = await sql()<{ version: number }[]>`select version from oauth_tokens`;
    const [{ username = "" } = {}] = await sql()<{ username: string }[]>`select username from accounts`;
    expect(await outputOf("token-refresher")).toEqual({ renewals: [{ username, outcome: "renewed" }] });
    expect(await outputOf("token-refresher")).toEqual({ renewals: [] });
    expect(await sql()`select version from oauth_tokens`).toMatchObject([{ version: version + 1 }]);
  });

  test("psn-health tells what is deployed, and what is missing", async () => {
    const { newest, keys } = parseKeyring(new Secret(stage.worker.env["PSN_ENCRYPTION_KEY"] ?? ""));
    const well = healthReport.parse(await outputOf("psn-health"));
    expect(well).toMatchObject({
      engine: "trigger",
      code: { version: expect.stringMatching(/^\d+\.\d+\.\d+$/), migration: expect.stringMatching(/^\d{4}_\w+$/) },
      databaseOk: true,
      schema: "current",
      keyVersion: newest,
      keyFingerprint: fingerprint(keys.get(newest) ?? new Uint8Array()),
      problem: null,
    });

    const { PSN_ENCRYPTION_KEY: _, ...keyless } = stage.worker.env;
    const ill = healthReport.parse(await outputWith("psn-health", keyless));
    expect(ill).toMatchObject({ databaseOk: true, schema: "current", keyVersion: null, keyFingerprint: null });
    expect(ill.problem).toMatchObject({ code: "key_missing", next: "psn setup deploy" });
  });

  async function outputWith(taskId: TaskId, env: Record<string, string>): Promise<unknown> {
    const made = { runId: "run_otherwise", taskId, payload: "{}", attempt: 1, maxAttempts: null, env };
    const end = await stage.worker.machine.execute(made);
    return end.kind === "completed" ? end.output : end;
  }

  test("the platform hears no secret and no text, in logs, traces or answers", async () => {
    const { PSN_ENCRYPTION_KEY = "", X_CLIENT_SECRET = "", DATABASE_URL = "" } = stage.worker.env;
    const keyring = parseKeyring(new Secret(PSN_ENCRYPTION_KEY));
    const [row] = await stage.parts.orm.select().from(oauthTokens);
    if (row === undefined) throw new Error("nobody is signed in");
    const tokens = [openAccessToken(keyring, row), openRefreshToken(keyring, row)].map((token) => token.reveal());
    const told = stage.worker.machine.printed() + JSON.stringify(stage.api.runs()) + JSON.stringify(stage.api.requests);

    for (const part of ["publish-post", "Executor started", '"resourceSpans"']) expect(told).toContain(part);
    for (const secret of [PSN_ENCRYPTION_KEY, X_CLIENT_SECRET, DATABASE_URL, ...tokens, "tweet 1 of"]) {
      expect(secret.length).toBeGreaterThan(5);
      expect(told).not.toContain(secret);
    }
  });
});
