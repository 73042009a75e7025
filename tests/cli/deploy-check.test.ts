import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { HealthReport } from "../../src/hub/health.ts";
import type { RanOf } from "../support/run-psn.ts";
import type { OnRing } from "../support/trigger-api/worker.ts";
import { DEPLOYED, Deployment, KEY } from "./deployment.ts";
import { PsnCopy } from "./psn-copy.ts";

const CHECK = "setup deploy --check";

let deployment: Deployment;
/** What the worker says of itself where all is well. */
let well: HealthReport;
beforeAll(async () => {
  deployment = await Deployment.linked({ manyInOne: true });
  well = await deployment.health();
});
afterAll(() => deployment.end());

test("a worker with the same code, tables, key and database passes", async () => {
  expect(well).toMatchObject({ databaseOk: true, schema: "current", problem: null });
  const { exit, json } = await deployment.checked(async () => well);
  expect([exit, json.ok]).toEqual([0, true]);
  expect(json.data).toMatchObject({
    same: true,
    differences: [],
    here: { code: well.code, keyFingerprint: well.keyFingerprint, databaseVersion: well.databaseVersion },
    worker: { ...well, version: expect.stringMatching(/^\d{8}\.1$/) },
    next: "psn setup engine trigger",
  });
});

test("whatever is not the same is told, what it is here and there, and what mends it", async () => {
  const { exit, json } = await deployment.checked(async () => ({
    ...well,
    code: { version: "0.0.9", migration: "0001_before" },
    schema: "newer",
    keyVersion: 2,
    keyFingerprint: "0123456789abcdef",
    databaseVersion: "14.2",
    problem: { code: "database_newer", message: "It was made by a newer psn.", next: "psn setup deploy" },
  }));
  expect([exit, json.error.code, json.error.next]).toEqual([3, "worker_unfit", "psn setup deploy"]);
  expect(json.data.differences.map(({ what, there }) => `${what}: ${there}`)).toEqual([
    "problem: database_newer",
    "code: psn 0.0.9 (tables 0001_before)",
    "database: Postgres 14.2",
    "schema: newer",
    "key: v2 (0123456789abcdef)",
  ]);
});

test("a worker that works on another database than this machine is found out", async () => {
  const { exit, json } = await deployment.checked(async () => well, false);
  expect([exit, json.error.message]).toEqual([3, "The worker works on another database than this machine."]);
});

test("a worker that fails, or says something else, is not taken for one that works", async () => {
  const thrown = await deployment.checked(async () => {
    throw new Error(`no entry for ${KEY}`);
  });
  expect([thrown.exit, thrown.json.error.code]).toEqual([3, "worker_unfit"]);
  expect(thrown.json.error.message).toBe("psn-health ended as FAILED: no entry for [secret].");
  const strange = await deployment.checked(async () => ({ ok: true }));
  expect([strange.exit, strange.json.error.message]).toEqual([3, expect.stringContaining("does not know")]);
});

test("no worker, one that does not answer, and a platform that refuses have each their sentence", async () => {
  const { api } = deployment;
  const silent = await deployment.run(`${CHECK} --wait 0`);
  expect([silent.exit, silent.json.error.code]).toEqual([3, "engine_unavailable"]);
  expect(silent.json.error.message).toBe("psn-health was still QUEUED after 0 seconds.");
  api.deploy({ tasks: ["publish-post"], queues: [] });
  const { json } = await deployment.run(`${CHECK} --wait 1`);
  expect(json.error.message).toBe("Nothing that knows psn-health is deployed there.");
  api.deploy(DEPLOYED);
  // Nothing is left behind that would run when nobody waits for it any more.
  expect(api.runs().filter(({ status }) => status === "QUEUED" || status === "PENDING_VERSION")).toEqual([]);

  const wrong = { TRIGGER_SECRET_KEY: "tr_prod_planted_wrong_e8T" };
  expect(await deployment.outcome(CHECK, wrong)).toBe("3 engine_unavailable");
  expect(await deployment.outcome(CHECK, { TRIGGER_PROJECT_REF: undefined })).toBe("3 not_set_up");
  expect(deployment.leaks()).toEqual([]);
});

test("after a deploy the worker that answers must be the one that was deployed", async () => {
  const { person } = deployment;
  const before = await deployment.checked(async () => well);
  const current = before.json.data.worker.version ?? "";
  using copy = new PsnCopy();
  const deployWith = (version: string, execute: OnRing = async () => well) => {
    copy.cli(`console.log("Successfully deployed version ${version}");`);
    return deployment.answered(execute, () => copy.setup(["deploy"], person.env));
  };
  const good = await deployWith(current);
  expect([good.exit, good.json.ok]).toEqual([0, true]);
  expect(good.json.data).toMatchObject({
    deployed: true,
    environment: "production",
    version: current,
    same: true,
    worker: { version: current },
    log: join(person.home, "state", "deploy.log"),
    next: "psn setup engine trigger",
  });
  const other = await deployWith("20991231.9");
  expect([other.exit, other.json.error.code]).toEqual([3, "worker_unfit"]);
  expect(other.json.error.message).toBe(
    `20991231.9 was just deployed, and ${current} answers: it is not the current deployment.`,
  );
  const broken = await deployWith(current, () => Promise.reject(new Error("no database")));
  expect([broken.exit, broken.json.error]).toMatchObject([
    3,
    { code: "worker_unfit", deployed: true, version: current },
  ]);
  expect(broken.json.error.message).toBe("It is deployed, and not proven: psn-health ended as FAILED: no database.");
}, 60_000);

test("with Trigger.dev as the engine the doctor tries the key and the deployed worker; else neither", async () => {
  const doctor = () => deployment.run("setup doctor", { PSN_ENGINE: "trigger" });
  const good = await deployment.answered(async () => well, doctor);
  expect([good.exit, checksOf(good).map(({ check, state }) => `${check} ${state}`)]).toEqual([
    0,
    ["engine ok", "deployed worker ok"],
  ]);
  const other = await deployment.answered(async () => ({ ...well, keyFingerprint: "0123456789abcdef" }), doctor);
  expect([other.exit, checksOf(other).at(-1)]).toMatchObject([3, { state: "failed", next: "psn setup deploy" }]);

  const before = deployment.api.requests.length;
  const [engine] = checksOf(await deployment.run("setup doctor"));
  expect(engine?.detail).toContain("local");
  expect(deployment.api.requests).toHaveLength(before);
});

function checksOf({ json }: RanOf<"setup doctor">) {
  return json.data.checks.filter(({ check }) => check === "engine" || check === "deployed worker");
}
