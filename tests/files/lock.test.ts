import { afterEach, describe, expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PsnError } from "../../src/core/errors.ts";
import { withFileLock } from "../../src/files/lock.ts";
import {
  asPlainUser,
  IS_ROOT,
  nextOutput,
  PLAIN_USER,
  PLAIN_USER_CAN_RUN,
  startProgram,
  temporaryFolder,
} from "./support.ts";

const HOLDER = fileURLToPath(new URL("lock-holder.ts", import.meta.url));
const folders: string[] = [];
const children: Bun.Subprocess[] = [];

function newLock(): string {
  const folder = temporaryFolder();
  folders.push(folder);
  return join(folder, "the.lock");
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe("a file lock", () => {
  test("lets one of ten processes in at a time", async () => {
    const lock = newLock();
    const file = `${lock}.count`;
    writeFileSync(file, "0");
    const counters = Array.from({ length: 10 }, () => startProgram(HOLDER, ["count", lock, file, "20"]));
    children.push(...counters);
    const codes = await Promise.all(counters.map((counter) => counter.exited));
    expect(codes).toEqual(Array(10).fill(0));
    expect(readFileSync(file, "utf8")).toBe("200");
  }, 30_000);

  test("lets one of many callers in one process in at a time", async () => {
    const lock = newLock();
    let inside = 0;
    let most = 0;
    const enter = () =>
      withFileLock(
        lock,
        async () => {
          inside += 1;
          most = Math.max(most, inside);
          await Bun.sleep(1);
          inside -= 1;
        },
        { timeoutMs: 10_000 },
      );
    await Promise.all(Array.from({ length: 12 }, enter));
    expect(most).toBe(1);
  });

  test("is free at once when its holder is killed", async () => {
    const lock = newLock();
    const holder = startProgram(HOLDER, ["hold", lock]);
    children.push(holder);
    expect(await nextOutput(holder.stdout)).toBe("held\n");
    const waiting = withFileLock(lock, () => "mine", { timeoutMs: 0 });
    expect(await waiting.catch((error: unknown) => error)).toMatchObject({ code: "state_busy" });
    holder.kill("SIGKILL");
    await holder.exited;
    expect(await withFileLock(lock, () => "mine", { timeoutMs: 0 })).toBe("mine");
  });

  test("is freed when the work under it throws, and passes the error on", async () => {
    const lock = newLock();
    const failing = withFileLock(lock, () => Promise.reject(new Error("work failed")), { timeoutMs: 0 });
    expect(await failing.catch((error: unknown) => error)).toMatchObject({ message: "work failed" });
    expect(await withFileLock(lock, () => "mine", { timeoutMs: 0 })).toBe("mine");
  });

  test("says once that it waits, and gives up after the time it was given", async () => {
    const lock = newLock();
    let told = 0;
    const error = await withFileLock(
      lock,
      () => withFileLock(lock, () => "never", { timeoutMs: 30, onWait: () => (told += 1) }),
      { timeoutMs: 0 },
    ).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PsnError);
    expect(error).toMatchObject({ code: "state_busy", details: { path: lock } });
    expect(told).toBe(1);
  });

  test("is not held by the children that are started under it", async () => {
    const lock = newLock();
    const child = await withFileLock(
      lock,
      () => Bun.spawn(["sleep", "60"], { stdio: ["ignore", "ignore", "ignore"], detached: true }),
      { timeoutMs: 0 },
    );
    children.push(child);
    expect(await withFileLock(lock, () => "mine", { timeoutMs: 0 })).toBe("mine");
  });

  test("is a file that others can't read", async () => {
    const lock = newLock();
    await withFileLock(lock, () => undefined, { timeoutMs: 0 });
    expect(statSync(lock).mode & 0o777).toBe(0o600);
  });

  test.skipIf(!PLAIN_USER_CAN_RUN)("names the path when the folder may not be written", async () => {
    const lock = newLock();
    const folder = join(lock, "..", "read-only");
    mkdirSync(folder);
    chmodSync(folder, 0o555);
    const program = `import { withFileLock } from ${JSON.stringify(fileURLToPath(new URL("../../src/files/lock.ts", import.meta.url)))};
      await withFileLock(process.argv[2], () => console.log("entered"), { timeoutMs: 0 })
        .catch((error) => console.log(error.code, error.message));`;
    const script = join(lock, "..", "program.ts");
    writeFileSync(script, program);
    const child = startProgram(script, [join(folder, "the.lock")], asPlainUser);
    children.push(child);
    expect(await new Response(child.stdout).text()).toMatch(/^state_unwritable psn can't write .*read-only\/the\.lock/);
  });

  test.skipIf(!IS_ROOT || !PLAIN_USER_CAN_RUN)(
    "is refused on a file that may only be read, where SQLite would lock nothing",
    async () => {
      const lock = newLock();
      writeFileSync(lock, "", { mode: 0o644 });
      chownSync(join(lock, ".."), PLAIN_USER.uid, PLAIN_USER.gid);
      const child = startProgram(HOLDER, ["hold", lock], { ...asPlainUser, stderr: "pipe" });
      children.push(child);
      expect(await child.exited).toBe(1);
      expect(await new Response(child.stdout).text()).toBe("");
    },
  );
});
