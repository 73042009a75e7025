import { syncEnvVars } from "@trigger.dev/build/extensions/core";
import { defineConfig } from "@trigger.dev/sdk";
import { variablesFrom } from "./src/trigger/support/variables.ts";

/**
 * The deployment at Trigger.dev. `psn setup deploy` puts the person's settings into the environment of the deploy and
 * checks them first: a `syncEnvVars` that throws warns only, and what it would have sent is missing over there.
 */
export default defineConfig({
  project: process.env["TRIGGER_PROJECT_REF"] ?? "proj_not_linked_yet",
  dirs: ["./src/trigger"],
  // What the tasks share is no task.
  ignorePatterns: ["**/support/**"],
  runtime: "node-24",
  // In a dev session, too, no file is found by the folder that the command was given in.
  legacyDevProcessCwdBehaviour: false,
  maxDuration: 300,
  // Every task says its own.
  retries: {
    enabledInDev: true,
    default: { maxAttempts: 3, minTimeoutInMs: 5_000, maxTimeoutInMs: 20_000, factor: 2, randomize: true },
  },
  build: { extensions: [syncEnvVars(() => variablesFrom(process.env))] },
});
