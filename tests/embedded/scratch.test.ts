import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { fullCommandLine, readPostmasterFile } from "../../src/embedded/postmaster.ts";
import { nextOutput, startProgram } from "../files/support.ts";

const PROGRAM = fileURLToPath(new URL("scratch-holder.ts", import.meta.url));

describe("a scratch server", () => {
  test("takes connections over TCP with its password alone, and vanishes with the process that started it", async () => {
    const holder = startProgram(PROGRAM, [], { env: { HOME: "/nonexistent" } });
    try {
      const { url, host } = JSON.parse(await nextOutput(holder.stdout));
      const sql = postgres(url, { max: 1 });
      expect([...(await sql`select current_setting('fsync') as fsync`)]).toEqual([{ fsync: "off" }]);
      await sql.end();
      const withoutPassword = postgres(url.replace(/:[^:@]+@/, ":wrong@"), { max: 1 });
      expect(await withoutPassword`select 1`.catch((error: unknown) => error)).toMatchObject({ code: "28P01" });
      await withoutPassword.end({ timeout: 0 });
      const folder = dirname(host);
      const pid = readPostmasterFile(join(folder, "data"))?.pid ?? 0;
      expect(fullCommandLine(pid)).toContain("postgres");
      holder.kill("SIGKILL");
      await holder.exited;
      while (existsSync(folder)) await Bun.sleep(20);
      expect(fullCommandLine(pid)).not.toContain("postgres");
    } finally {
      holder.kill("SIGKILL");
    }
  }, 30_000);
});
