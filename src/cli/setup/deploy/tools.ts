import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Check, failed, ok } from "../doctor/check.ts";

/** The Trigger.dev CLI of this project, and what runs it. */
export interface Tools {
  readonly node: string;
  /** The script to run. */
  readonly cli: string;
  readonly version: string;
}

const manifest = z.object({ version: z.string(), bin: z.record(z.string(), z.string()).optional() });
/** The platform refuses a deploy whose parts are not of one version. */
const ONE_VERSION = ["@trigger.dev/sdk", "@trigger.dev/core", "@trigger.dev/build"];
const INSTALL = "npm ci in psn's folder";

/** Looks for what deploys, in `folder`/node_modules: of one version, and never fetched on the way. */
export function findTools(folder: string, path: string | undefined): { checks: Check[]; tools?: Tools } {
  const found = read(folder, "trigger.dev");
  const script = found?.bin?.["trigger"];
  if (found === undefined || script === undefined) {
    return {
      checks: [failed("tools", "The Trigger.dev CLI is not installed: it is one of psn's own tools.", INSTALL)],
    };
  }
  const { version } = found;
  const others = ONE_VERSION.map((name) => ({ name, version: read(folder, name)?.version }));
  const wrong = others.filter((other) => other.version !== version);
  if (wrong.length > 0) {
    const told = wrong.map(({ name, version: other = "missing" }) => `${name} ${other}`).join(", ");
    return { checks: [failed("tools", `trigger.dev is ${version}, and ${told}: they must be the same.`, INSTALL)] };
  }
  const node = Bun.which("node", { PATH: path ?? "" });
  if (node === null) {
    return {
      checks: [
        failed("tools", "There is no node on the PATH, which runs the Trigger.dev CLI.", "install Node 20 or later"),
      ],
    };
  }
  const cli = join(folder, "node_modules", "trigger.dev", script);
  return { checks: [ok("tools", `trigger.dev ${version}, the same as its SDK`)], tools: { node, cli, version } };
}

function read(folder: string, name: string): z.infer<typeof manifest> | undefined {
  const file = join(folder, "node_modules", name, "package.json");
  return existsSync(file) ? manifest.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
}
