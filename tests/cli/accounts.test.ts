import { afterEach, beforeEach, expect, test } from "bun:test";
import { Person } from "../support/person.ts";
import { start } from "./midway.ts";

let person: Person;
beforeEach(async () => {
  person = await Person.arrive({ manyInOne: true });
  await person.control.run("putAccount", { handle: "Second", subscription: "Premium" });
  await person.beSignedIn("Second");
});
afterEach(() => person.leave());

test("a draft belongs to the account that is named, goes out as it, and counts by its limit", async () => {
  const long = "word ".repeat(100).trim();
  const second = await person.draft(long, "--account", "@second");
  expect([second.account, second.tweets.length]).toEqual(["@Second", 1]);
  const first = await person.draft(long, "--account", "handle");
  expect(first.account).toBe("@handle");
  expect(first.tweets.length).toBeGreaterThan(1);
  const replaced = await person.ok(["draft", "--stdin", "--replace", first.id], { stdin: long });
  expect([replaced.account, replaced.tweets.length]).toEqual(["@handle", first.tweets.length]);

  const { id, seal } = await person.draft("As the first one.", "--account", "@HANDLE");
  await person.ok(["publish", id, "--expect", seal, "--wait"]);

  expect((await person.control.state()).tweets.map(({ account }) => account)).toEqual(["handle"]);
  const unknown = await person.run(["draft", "--stdin", "--account", "@nobody", "--json"], { stdin: "x" });
  expect([unknown.exit, unknown.json.error.code]).toEqual([4, "sign_in_needed"]);
});

test("signing out ends the grant at X, wipes the tokens here, and holds what is scheduled until a new sign-in", async () => {
  const { id, seal } = await person.draft("Waiting.", "--account", "handle");
  const revoked = await person.ok("setup revoke --account @handle");

  expect(revoked).toEqual({ account: "@handle", revokedAtX: true });
  expect((await person.control.state()).tokens.revokedGrants).toBe(1);
  expect(await person.database.sql`select 1 from oauth_tokens`).toHaveLength(1);
  const refused = await person.run(["publish", id, "--expect", seal, "--json"]);
  expect([refused.exit, refused.json.error.code]).toEqual([4, "sign_in_needed"]);
  const again = await person.run("setup revoke --account @handle --json");
  expect([again.exit, again.json.error.code]).toEqual([4, "sign_in_needed"]);
  expect((await person.draft("The other one still can.")).account).toBe("@Second");
});

test("when X refuses to end the sign-in it stays as it was, unless only the tokens here shall go", async () => {
  person.env["X_CLIENT_SECRET"] = "another-secret";
  const failed = await person.run("setup revoke --json");
  expect([failed.exit, failed.json.error.code]).toEqual([3, "x_app_refused"]);
  expect(failed.json.error.message).toContain("it is as it was");
  person.env["X_CLIENT_SECRET"] = "sandbox-secret";
  expect(await endCodes()).toEqual([null, null]);

  expect((await person.ok("setup revoke --only-here")).revokedAtX).toBe(false);
  expect((await person.control.state()).tokens.revokedGrants).toBe(0);
  expect(await person.database.sql`select 1 from oauth_tokens`).toHaveLength(1);
});

/** Why each sign-in has ended, that of new posts last. */
async function endCodes(): Promise<(string | null)[]> {
  const rows = await person.database.sql<{ code: string | null }[]>`
    select dead_code as code from oauth_tokens o join accounts a on a.id = o.account_id order by a.is_default`;
  return rows.map(({ code }) => code);
}

const REVOKE = { method: "POST", path: "/2/oauth2/revoke" };
const AGAIN = "psn setup revoke --account @Second";

test("when X's answer is lost the sign-in is not used any more, that is told, and the same command finishes it", async () => {
  await person.control.run("addFault", { match: REVOKE, action: { kind: "drop", when: "after" } });

  const lost = await person.run("setup revoke --json");

  expect([lost.exit, lost.json.error.code, lost.json.error.next]).toEqual([1, "x_unreachable", AGAIN]);
  expect(lost.json.error.message).toContain("nobody knows whether it ended the sign-in of @Second");
  expect(await endCodes()).toEqual([null, "revoke_open"]);
  expect((await person.ok("status")).attention).toEqual([
    {
      code: "needs_reauth",
      message: "The sign-in of @Second has ended: you ended it, and X has not confirmed that yet. Its posts wait.",
      next: AGAIN,
    },
  ]);
  expect((await person.publish("Not with this sign-in.")).json.error.code).toBe("sign_in_needed");

  // A refusal now says nothing of what X did before.
  person.env["X_CLIENT_SECRET"] = "another-secret";
  expect((await person.run("setup revoke --json")).json.error.code).toBe("x_app_refused");
  expect((await person.ok("setup status")).next).toBe(AGAIN);
  person.env["X_CLIENT_SECRET"] = "sandbox-secret";

  expect(await person.ok("setup revoke --account @Second")).toEqual({ account: "@Second", revokedAtX: true });
  expect(await person.database.sql`select 1 from oauth_tokens`).toHaveLength(1);
  expect((await person.control.state()).tokens).toMatchObject({ revokedGrants: 1, reuses: 0 });
});

test("killed before X is asked, or after X has done it, the next run finishes it at once", async () => {
  for (const when of ["before", "after"] as const) {
    await person.control.run("addFault", { match: REVOKE, action: { kind: "hold", when } });
    const child = start(person, ["setup", "revoke", "--account", "@Second"]);
    await person.control.until(({ faults }) => faults.some(({ holding }) => holding > 0), 30_000);
    child.kill("SIGKILL");
    await child.exited;
    await person.control.run("clearFaults", {});
    expect(await endCodes()).toEqual([null, "revoke_open"]);
    expect((await person.ok("setup revoke --account @Second")).revokedAtX).toBe(true);
    await person.beSignedIn("Second");
  }
  expect((await person.control.state()).tokens.revokedGrants).toBe(2);
  expect(await endCodes()).toEqual([null, null]);
});
