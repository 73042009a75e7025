import { afterEach, beforeEach, expect, test } from "bun:test";
import { Person } from "../support/person.ts";

let person: Person;
beforeEach(async () => {
  person = await Person.arrive();
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
  const unknown = await person.psn(["draft", "--stdin", "--account", "@nobody", "--json"], { stdin: "x" });
  expect([unknown.exit, unknown.json.error.code]).toEqual([4, "sign_in_needed"]);
});

test("signing out ends the grant at X, wipes the tokens here, and holds what is scheduled until a new sign-in", async () => {
  const { id, seal } = await person.draft("Waiting.", "--account", "handle");
  const revoked = await person.ok("setup revoke --account @handle");

  expect(revoked).toEqual({ account: "@handle", revokedAtX: true });
  expect((await person.control.state()).tokens.revokedGrants).toBe(1);
  expect(await person.database.sql`select 1 from oauth_tokens`).toHaveLength(1);
  const refused = await person.psn(["publish", id, "--expect", seal, "--json"]);
  expect([refused.exit, refused.json.error.code]).toEqual([4, "sign_in_needed"]);
  const again = await person.psn("setup revoke --account @handle --json");
  expect([again.exit, again.json.error.code]).toEqual([4, "sign_in_needed"]);
  expect((await person.draft("The other one still can.")).account).toBe("@Second");
});

test("when X does not end the sign-in it stays as it was, unless only the tokens here shall go", async () => {
  await person.control.run("addFault", {
    match: { method: "POST", path: "/2/oauth2/revoke" },
    times: 2,
    action: { kind: "answer", status: 503, body: "" },
  });
  const failed = await person.psn("setup revoke --json");
  expect(failed.json.error.code).toBe("x_unreachable");
  expect((await person.publish("Still signed in.")).exit).toBe(0);

  expect((await person.ok("setup revoke --only-here")).revokedAtX).toBe(false);
  expect((await person.control.state()).tokens.revokedGrants).toBe(0);
  expect(await person.database.sql`select 1 from oauth_tokens`).toHaveLength(1);
});
