import { beforeAll, describe, expect, test } from "bun:test";
import { builtBundle, readJson } from "../support/bundle/bundle.ts";
import { withoutNode } from "../support/bundle/node.ts";

const BUILD_MS = 180_000;
const NEVER_WIDER = { factor: 1, randomize: false };

describe.skipIf(withoutNode())("what a deploy registers", () => {
  let index: unknown;
  beforeAll(async () => {
    index = readJson(await builtBundle(), "index.json");
  }, BUILD_MS);

  test("is these four tasks, on Node 24, with their queues, retries, limits and schedules", () => {
    const tasks = [
      {
        id: "psn-health",
        filePath: "src/trigger/psnHealth.ts",
        queue: { name: "psn-health", concurrencyLimit: 1 },
        ttl: "10m",
        maxDuration: 60,
        retry: { maxAttempts: 1, minTimeoutInMs: 1_000, maxTimeoutInMs: 1_000, ...NEVER_WIDER },
      },
      {
        id: "publish-post",
        filePath: "src/trigger/publishPost.ts",
        queue: { name: "publish-post", concurrencyLimit: 1 },
        maxDuration: 900,
        retry: { maxAttempts: 5, minTimeoutInMs: 15_000, maxTimeoutInMs: 15_000, ...NEVER_WIDER },
      },
      {
        id: "token-refresher",
        filePath: "src/trigger/tokenRefresher.ts",
        queue: { name: "token-refresher", concurrencyLimit: 1 },
        triggerSource: "schedule",
        schedule: { cron: "0 */6 * * *", timezone: "UTC", environments: ["PRODUCTION"] },
        ttl: "1h",
        maxDuration: 900,
        retry: { maxAttempts: 3, minTimeoutInMs: 5_000, maxTimeoutInMs: 5_000, ...NEVER_WIDER },
      },
      {
        id: "watchdog",
        filePath: "src/trigger/watchdog.ts",
        queue: { name: "watchdog", concurrencyLimit: 1 },
        triggerSource: "schedule",
        schedule: { cron: "*/5 * * * *", timezone: "UTC", environments: ["PRODUCTION"] },
        ttl: "5m",
        maxDuration: 120,
        retry: { maxAttempts: 3, minTimeoutInMs: 5_000, maxTimeoutInMs: 5_000, ...NEVER_WIDER },
      },
    ];
    expect(index).toMatchObject({ runtime: "node-24" });
    expect(registered(index, "tasks", "id")).toEqual(tasks);
    expect(registered(index, "queues", "name")).toEqual(
      tasks.map(({ queue }) => queue).sort((a, b) => a.name.localeCompare(b.name)),
    );
  });

  test("asks for an alarm as payload, and for nothing more", () => {
    const [publish] = registered(index, "tasks", "id", ["payloadSchema"]).filter((task) => "payloadSchema" in task);
    expect(publish).toMatchObject({ id: "publish-post", payloadSchema: { required: ["postId", "revision", "alarm"] } });
  });
});

/** Where the build put a file is no part of what a deploy promises. */
const LEFT_OUT = new Set(["entryPoint", "payloadSchema"]);

function registered(index: unknown, what: string, by: string, kept: readonly string[] = []): Record<string, unknown>[] {
  const found: unknown = Object.entries(Object(index)).find(([name]) => name === what)?.[1];
  if (!Array.isArray(found)) throw new Error(`the index has no ${what}`);
  const told = found.map((each: object) =>
    Object.fromEntries(Object.entries(each).filter(([name]) => !LEFT_OUT.has(name) || kept.includes(name))),
  );
  return told.sort((a, b) => String(a[by]).localeCompare(String(b[by])));
}
