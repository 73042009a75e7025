/**
 * Run by Node with two folders: builds the project's tasks as a deploy does into the second, indexes them, and leaves
 * beside the bundle what the CLI learnt about it.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadPrivateApi } from "./private-api.ts";

const [project = "", destination = ""] = process.argv.slice(2);
const { loadConfig, buildWorker, indexWorkerManifest } = await loadPrivateApi();
const write = (name: string, value: unknown) => writeFileSync(join(destination, name), JSON.stringify(value));

const resolvedConfig = await loadConfig({ cwd: project });
let metafile: unknown;
const manifest = await buildWorker({
  target: "deploy",
  environment: "prod",
  destination,
  resolvedConfig,
  rewritePaths: false,
  envVars: {},
  forcedExternals: [],
  plain: true,
  listener: {
    onBundleComplete: (bundle) => {
      metafile = bundle.metafile;
    },
  },
});
const index = await indexWorkerManifest({
  runtime: manifest.runtime,
  indexWorkerPath: manifest.indexWorkerEntryPoint,
  buildManifestPath: join(destination, "build.json"),
  // As in the image of a deploy, where the variables are not known yet.
  env: {},
  cwd: destination,
  otelHookInclude: [],
  otelHookExclude: [],
  handleStdout: (text) => process.stdout.write(text),
  handleStderr: (text) => process.stderr.write(text),
});
write("sync.json", manifest.deploy.sync ?? {});
write("metafile.json", metafile);
write("index.json", index);
process.exit(0);
