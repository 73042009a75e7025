/**
 * What Trigger.dev as the engine costs: nothing where it is not needed, the SDK where an alarm is set, and the bundle that
 * is deployed. The API is the stand-in of the tests on this machine: an answer over the internet takes longer.
 */
import { join } from "node:path";
import { Secret } from "../src/core/secret.ts";
import { openTriggerEngine } from "../src/engine/trigger/engine.ts";
import { builtBundle } from "../tests/support/bundle/bundle.ts";
import { PROJECT } from "../tests/support/run-psn.ts";
import { startTriggerApi } from "../tests/support/trigger-api/trigger-api.ts";
import { figure, median, ms, signedIn, timed } from "./support.ts";

const RUNS = 15;
const HOUR_MS = 3_600_000;
const api = await startTriggerApi();
const { household, leave } = await signedIn();
try {
  const psn = [process.execPath, "--no-env-file", join(PROJECT, "src/cli/post.ts"), "status", "--json"];
  const there = {
    ...household.env,
    PSN_ENGINE: "trigger",
    TRIGGER_API_URL: api.url,
    TRIGGER_PROJECT_REF: "proj_standin",
    TRIGGER_SECRET_KEY: api.secretKey,
  };
  const times = { local: [] as number[], trigger: [] as number[] };
  for (let run = 0; run < RUNS; run++) {
    times.local.push(await timed(psn, household.env));
    times.trigger.push(await timed(psn, there));
  }
  const more = median(times.trigger) / median(times.local);
  figure("psn status with Trigger.dev, to one with the local engine", `${more.toFixed(2)} times`, "1.0, no SDK loaded");

  const loaded = performance.now();
  const engine = await openTriggerEngine({
    secretKey: new Secret(api.secretKey),
    apiUrl: api.url,
    now: () => new Date(),
  });
  figure("loading the SDK, once a process that arms", ms(performance.now() - loaded));
  const arms: number[] = [];
  for (let alarm = 1; alarm <= RUNS; alarm++) {
    const began = performance.now();
    const at = new Date(Date.now() + HOUR_MS);
    await engine.arm({ postId: "pbench0001", revision: 1, alarm, accountId: "account", at });
    arms.push(performance.now() - began);
  }
  figure("an alarm set, the first", ms(arms[0] ?? Number.NaN));
  figure("an alarm set, after that", ms(median(arms.slice(1))));

  const { folder } = await builtBundle();
  const sizes = [...new Bun.Glob("**/*.mjs").scanSync(folder)].map((name) => Bun.file(join(folder, name)).size);
  const megabytes = sizes.reduce((sum, size) => sum + size, 0) / 1_000_000;
  figure("the bundle that is deployed, without source maps", `${megabytes.toFixed(1)} MB`);
} finally {
  await leave();
  await api.stop();
}
process.exit(0);
