import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Arena } from "./arena.ts";
import { SCENARIOS } from "./scenarios.ts";

/** Makes a test of every scenario, one after the other; one that was left out fails the last. */
export function runScenarios(engine: "local" | "trigger", open: () => Promise<Arena>): void {
  let arena: Arena;
  let done = 0;
  beforeAll(async () => {
    arena = await open();
  });
  afterAll(() => arena.leave());

  for (const [n, [name, scenario]] of Object.entries(SCENARIOS).entries()) {
    test(`${engine}: ${name}`, async () => {
      await scenario(arena, `${engine}${n}`);
      done += 1;
    });
  }

  test(`${engine}: no scenario was left out`, () => {
    expect(done).toBe(Object.keys(SCENARIOS).length);
  });
}
