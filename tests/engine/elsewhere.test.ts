import { expect, test } from "bun:test";
import { chmodSync, copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { imageFile } from "../support/images.ts";
import { Person } from "../support/person.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
const NOBODY = 65_534;
/** Only root can start a process of another user; others try another folder alone. */
const root = process.getuid?.() === 0;
if (!root) console.log("not as another user: only root can start one; the worker runs in another folder only");

/** A worker that another user can read and run: one file, its migrations, and Bun. */
async function workerFor(folder: string): Promise<string[]> {
  chmodSync(folder, 0o755);
  const built = await Bun.build({
    entrypoints: [join(PROJECT, "src/cli/worker.ts")],
    outdir: join(folder, "app", "cli"),
    target: "bun",
  });
  if (!built.success) throw new Error(built.logs.join("\n"));
  cpSync(join(PROJECT, "drizzle"), join(folder, "drizzle"), { recursive: true });
  copyFileSync(process.execPath, join(folder, "bun"));
  chmodSync(join(folder, "bun"), 0o755);
  return [join(folder, "bun"), "--no-env-file", join(folder, "app", "cli", "worker.js"), "run"];
}

test("a worker of another user in another folder publishes what was drafted here, image and all", async () => {
  const person = await Person.arrive({ manyInOne: true });
  const elsewhere = mkdtempSync(join(tmpdir(), "psn-elsewhere-"));
  try {
    const image = imageFile(person.home, "chart.png", [20, 90, 160]);
    const { id, seal } = await person.draft("Drafted here.", "--image", `${image}=A chart`);
    rmSync(image);
    const secrets = readFileSync(join(person.home, ".config", "psn", "secrets.env"), "utf8");
    const worker = Bun.spawn(await workerFor(elsewhere), {
      cwd: "/",
      ...(root ? { uid: NOBODY, gid: NOBODY } : {}),
      env: {
        ...person.env,
        HOME: elsewhere,
        PSN_STATE_DIR: join(elsewhere, "state"),
        PSN_CONFIG_DIR: join(elsewhere, "config"),
        PSN_ENCRYPTION_KEY: /PSN_ENCRYPTION_KEY=(.*)/.exec(secrets)?.[1] ?? "",
      },
      stdout: "ignore",
      stderr: "inherit",
    });
    await person.untilServed(worker.pid);

    const ran = await person.psn(["publish", id, "--expect", seal, "--wait", "--json"]);

    expect(ran.exit).toBe(0);
    expect((await person.ok("worker status")).pid).toBe(worker.pid);
    const [tweet] = (await person.control.state()).tweets;
    expect(tweet?.media.map(({ alt }) => alt)).toEqual(["A chart"]);
    worker.kill("SIGTERM");
    await worker.exited;
  } finally {
    await person.leave();
    rmSync(elsewhere, { recursive: true, force: true });
  }
}, 60_000);
