import { expect, test } from "bun:test";
import { race } from "../../bench/support/race.ts";
import { planRaces } from "../../bench/support/race-plan.ts";
import { seeded } from "../../bench/support/random.ts";

/** A part of `bench/races.ts`, which does it a thousand times, and to threads that wait for X's limit too. */
const ACCOUNTS = 20;
const EVERY_MS = 40;
const PLANS = planRaces(seeded(1), { count: 64, commands: 3, accounts: ACCOUNTS, waits: false });

test("what a person was told of a cancel or an edit about the due time holds", async () => {
  const { races, breaches } = await race(PLANS, ACCOUNTS, EVERY_MS);
  const told = new Set(races.map(({ plan: { act }, told: what }) => `${act}: ${what}`));

  expect(breaches.map(({ kind, race: { plan, told: what }, what: why }) => ({ kind, plan, told: what, why }))).toEqual(
    [],
  );
  // It went both ways, otherwise nothing was tried. On a busy machine every edit may come too late.
  expect([...told]).toEqual(expect.arrayContaining(["cancel: draft", "edit: refused"]));
}, 90_000);
