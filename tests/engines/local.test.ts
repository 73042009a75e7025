import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Arena } from "./arena.ts";
import { localArena } from "./local-arena.ts";
import { SCENARIOS } from "./scenarios.ts";

let arena: Arena;
beforeAll(async () => {
  arena = await localArena();
});
afterAll(() => arena.leave());

let done = 0;
for (const [n, [name, scenario]] of Object.entries(SCENARIOS).entries()) {
  test(`local: ${name}`, async () => {
    await scenario(arena, `local${n}`);
    done += 1;
  });
}

test("local: no scenario was left out", () => {
  expect(done).toBe(Object.keys(SCENARIOS).length);
});
