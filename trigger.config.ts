import { defineConfig } from "@trigger.dev/sdk";

/**
 * The production engine. Its tasks are not in this version of psn: until they are, posts go out through the
 * local engine. The runtime is fixed already, since all that tasks will reach is checked against Node 24.
 */
export default defineConfig({
  project: process.env["TRIGGER_PROJECT_REF"] ?? "proj_not_linked_yet",
  dirs: ["./src/trigger"],
  runtime: "node-24",
  maxDuration: 300,
});
