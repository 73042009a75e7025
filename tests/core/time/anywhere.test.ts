import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CASES } from "./cases.ts";

const ZONES = ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe"];
const PROBE = new URL("./probe.ts", import.meta.url).pathname;

const node = Bun.which("node");
if (node === null) console.log("Skipped under Node: there is no node on the PATH.");

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "psn-time-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function linesIn(zone: string, command: readonly string[]): Promise<readonly string[]> {
  const child = Bun.spawn([...command], {
    env: { PATH: process.env["PATH"], TZ: zone },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect({ code: await child.exited, err }).toEqual({ code: 0, err: "" });
  const printed: { zone: string; lines: string[] } = JSON.parse(out);
  // Engines know the zones by different names: the check is that the child is where it was sent.
  const hourIn = (timeZone: string) => new Intl.DateTimeFormat("en", { timeZone, timeStyle: "long" }).format(0);
  expect(hourIn(printed.zone)).toBe(hourIn(zone));
  return printed.lines;
}

const expected = CASES.map(({ line }) => line);

describe("every time is read the same wherever the process is", () => {
  test("under Bun", async () => {
    const answers = await Promise.all(ZONES.map((zone) => linesIn(zone, [process.execPath, PROBE])));
    for (const lines of answers) expect(lines).toEqual(expected);
  }, 30_000);

  test.skipIf(node === null)(
    "under Node, which has no Temporal of its own",
    async () => {
      const built = await Bun.build({ entrypoints: [PROBE], outdir: folder, target: "node", naming: "probe.mjs" });
      expect(built.success).toBe(true);
      const command = [node ?? "node", join(folder, "probe.mjs")];
      const zones = ["America/New_York", "Asia/Kolkata", "Pacific/Apia"];
      const answers = await Promise.all(zones.map((zone) => linesIn(zone, command)));
      for (const lines of answers) expect(lines).toEqual(expected);
    },
    30_000,
  );
});
