import { afterAll, describe, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nextOutput, temporaryFolder } from "../files/support.ts";

const RUNNER = fileURLToPath(new URL("../../scripts/test.ts", import.meta.url));
const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function testFile(name: string, body: string): string {
  const path = join(folder, name);
  const head = `import { describe, expect, test } from "bun:test";\nimport { appendFileSync } from "node:fs";\n`;
  writeFileSync(path, head + body);
  return path;
}

function runner(...filters: string[]) {
  return Bun.spawn([process.execPath, "--no-env-file", RUNNER, ...filters], {
    env: { ...process.env, DATABASE_URL: "postgres://nobody@127.0.0.1:1/real", X_CLIENT_ID: "real" },
    stdio: ["ignore", "pipe", "ignore"],
  });
}

describe("npm test", () => {
  test("closes with what failed by name, also what could not be loaded or ended its process, and the counts", async () => {
    const files = {
      good: `import postgres from ${JSON.stringify(import.meta.resolve("postgres"))};
        test("has a migrated template and no way to a real database", async () => {
          expect(process.env["DATABASE_URL"]).toBeUndefined();
          expect(process.env["X_CLIENT_ID"]).toBeUndefined();
          const url = new URL(process.env["PSN_TEST_DATABASE_URL"]);
          url.pathname = "/psn_template";
          const sql = postgres(url.href, { max: 1 });
          expect((await sql\`select count(*)::int as n from posts\`)[0]).toEqual({ n: 0 });
          await sql.end();
        });
        test.skip("is skipped", () => undefined);
        test("leaves notes", () => {
          appendFileSync(process.env["PSN_TEST_NOTES"], "30 requests validated\\n12 requests validated\\nas it is\\n");
        });`,
      fails: `describe("a group", () => {
          test("is > or < than \\"this\\"", () => expect(1).toBe(2));
          test("goes well", () => undefined);
        });`,
      loads: `throw new Error("this file does not load");`,
      exits: `test("exits", () => process.exit(0));`,
    };
    const paths = Object.entries(files).map(([name, body]) => testFile(`${name}.test.ts`, body));
    const run = runner(...paths);
    const lines = (await new Response(run.stdout).text()).trim().split("\n");
    const [, fails, loads, exits] = paths;
    expect(lines.slice(-7, -4).toSorted()).toEqual(
      [
        `FAILED ${fails} > a group > is > or < than "this"`,
        `FAILED ${loads} did not load, or has no tests`,
        `FAILED ${exits} > (worker crashed)`,
      ].toSorted(),
    );
    expect(lines.slice(-4)).toEqual([
      "42 requests validated",
      "as it is",
      "1 skipped; the reason is printed where it was",
      "3 passed, 3 failed",
    ]);
    expect(await run.exited).toBe(1);
  }, 30_000);

  test("ends its tests and its server when it is told to end", async () => {
    const body = `test("hangs", async () => {
      console.log("hangs at " + new URL(process.env["PSN_TEST_DATABASE_URL"]).port + ".");
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    }, 60_000);`;
    const run = runner(testFile("hangs.test.ts", body));
    let said = "";
    while (!/hangs at \d+\./.test(said)) said += await nextOutput(run.stdout);
    const port = Number(/hangs at (\d+)\./.exec(said)?.[1]);
    run.kill("SIGTERM");
    expect(await run.exited).toBe(143);
    const connecting = Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: { data: () => undefined },
    });
    expect(await connecting.catch((error: unknown) => error)).toMatchObject({ code: "ECONNREFUSED" });
  }, 30_000);
});
