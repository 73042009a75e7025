import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Arena } from "./arena.ts";
import { SCENARIOS } from "./scenarios.ts";
import { triggerArena } from "./trigger-arena.ts";

let arena: Arena;
beforeAll(async () => {
  arena = await triggerArena();
});
afterAll(() => arena.leave());

let done = 0;
for (const [n, [name, scenario]] of Object.entries(SCENARIOS).entries()) {
  test(`Trigger.dev: ${name}`, async () => {
    await scenario(arena, `cloud${n}`);
    done += 1;
  });
}

test("Trigger.dev: no scenario was left out", () => {
  expect(done).toBe(Object.keys(SCENARIOS).length);
});
