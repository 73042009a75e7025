/**
 * A process of the lock's tests. `hold LOCK`: says "held" and keeps the lock until it is killed.
 * `count LOCK FILE TIMES`: adds 1 to the number in FILE, TIMES times, each under the lock.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { withFileLock } from "../../src/files/lock.ts";

const [command = "", lock = "", file = "", times = "0"] = Bun.argv.slice(2);
if (command === "hold") {
  await withFileLock(
    lock,
    async () => {
      console.log("held");
      await Bun.sleep(60_000);
    },
    { timeoutMs: 0 },
  );
} else {
  for (let i = 0; i < Number(times); i += 1) {
    await withFileLock(
      lock,
      async () => {
        const seen = Number(readFileSync(file, "utf8"));
        await Bun.sleep(1);
        writeFileSync(file, String(seen + 1));
      },
      { timeoutMs: 30_000 },
    );
  }
}
