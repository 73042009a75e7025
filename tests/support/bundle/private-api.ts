import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

type Configs = typeof import("../../../node_modules/trigger.dev/dist/esm/config.js");
type Builds = typeof import("../../../node_modules/trigger.dev/dist/esm/build/buildWorker.js");
type Indexing = typeof import("../../../node_modules/trigger.dev/dist/esm/indexing/indexWorkerManifest.js");

/**
 * How the Trigger.dev CLI itself builds and indexes a bundle, as its own end-to-end tests call it. All of it is private:
 * the package exports none of these files, and any version may move them. This and private-executions.ts are the only
 * places that know where they are, and the version of trigger.dev is pinned exactly for it. It needs no network and no
 * login.
 *
 * To be used in Node: these functions start their processes with whatever program they run in.
 */
export async function loadPrivateApi() {
  const root = dirname(createRequire(import.meta.url).resolve("trigger.dev/package.json"));
  const file = (path: string) => pathToFileURL(join(root, "dist", "esm", path)).href;
  const configs: Configs = await import(file("config.js"));
  const builds: Builds = await import(file("build/buildWorker.js"));
  const indexing: Indexing = await import(file("indexing/indexWorkerManifest.js"));
  return {
    loadConfig: configs.loadConfig,
    buildWorker: builds.buildWorker,
    indexWorkerManifest: indexing.indexWorkerManifest,
  };
}

export type WorkerManifest = Awaited<ReturnType<Indexing["indexWorkerManifest"]>>;
