import { expect, test } from "bun:test";
import type { RefreshRound, Trouble } from "../../bench/support/refreshing-plan.ts";
import { raceRefreshes } from "../../bench/support/refreshing-race.ts";
import { Person } from "../support/person.ts";

const round = (trouble: Trouble, oneConnection = false): RefreshRound => ({
  trouble,
  oneConnection,
  acts: "after",
  which: 0.3,
  afterMs: 10,
});

test("processes that want one expired token at once spend it once, whoever dies and whatever restarts", async () => {
  const plan = [
    round("none"),
    round("none", true),
    round("killed before the request"),
    round("none"),
    round("database restarted", true),
    round("none"),
    round("X answers late"),
    round("none", true),
    round("X answers 503"),
    round("none"),
  ];

  const { rounds, lost, reuses, complaints } = await raceRefreshes(plan, {
    processes: 4,
    timeoutMs: 700,
    hurry: true,
  });

  expect(rounds.flatMap(({ n, breaches }) => breaches.map((breach) => `round ${n}: ${breach}`))).toEqual([]);
  expect(rounds.map(({ requests }) => requests)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2, 1]);
  expect({ lost, reuses, complaints }).toEqual({ lost: 0, reuses: 0, complaints: "" });
  expect(rounds.map(({ deaths, restarts }) => deaths + restarts)).toEqual([0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
});

test("a worker that dies after X renewed and before psn stored it loses the sign-in: nothing is sent, and it is told everywhere", async () => {
  const person = await Person.arrive();
  const { sql } = person.database;
  try {
    await sql`update oauth_tokens set expires_at = now()`;
    await person.control.run("addFault", {
      match: { method: "POST", path: "/2/oauth2/token" },
      action: { kind: "hold", when: "after" },
    });
    const { id, seal } = await person.draft("Held until you sign in.");
    await person.ok(["publish", id, "--expect", seal]);
    await person.control.until(({ faults }) => faults[0]?.holding === 1, 30_000);
    const { pid } = await person.ok("worker status");
    process.kill(Number(pid), "SIGKILL");
    await person.control.run("release", {});
    // As if the leases of the dead had run out.
    await sql`update oauth_tokens set refresh_lease_until = now()`;
    await sql`update posts set lease_until = now() where lease_token is not null`;

    const held = await person.until(id, ({ subStatus }) => subStatus === "needs_reauth", 60_000);

    expect(held).toMatchObject({ status: "scheduled", failure: { code: "sign_in_needed", next: SIGN_IN } });
    const status = await person.ok("status");
    expect(status.ready).toBe(false);
    const message = `The sign-in of @handle has ended: ${WHY}. Its posts wait.`;
    expect(status.attention).toContainEqual({ code: "needs_reauth", message, next: SIGN_IN });
    const setup = await person.ok("setup status");
    expect(setup).toMatchObject({ ready: false, next: SIGN_IN });
    const detail = `@handle: it has ended: ${WHY}`;
    expect(setup.steps).toContainEqual({ step: "sign_in", state: "broken", detail, next: SIGN_IN });
    const doctor = await person.psn("setup doctor --json");
    expect([doctor.exit, doctor.json.error.code, doctor.json.error.next]).toEqual([4, "sign_in_needed", SIGN_IN]);
    const next = await person.publish("Another.");
    expect([next.exit, next.json.error.code, next.json.error.next]).toEqual([4, "sign_in_needed", SIGN_IN]);
    expect((await person.control.state()).tweets).toEqual([]);

    await person.signIn();
    await person.until(id, ({ status: now }) => now === "published");
    expect((await person.control.state()).tweets.map(({ text }) => text)).toEqual(["Held until you sign in."]);
    expect((await person.ok("status")).attention).toEqual([]);
  } finally {
    await person.leave();
  }
});

const SIGN_IN = "psn setup x-auth start";
const WHY = "X says that its refresh token is no longer valid, and never answered the renewal before";
