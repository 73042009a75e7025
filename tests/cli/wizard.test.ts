import { afterEach, beforeEach, expect, test } from "bun:test";
import { startTriggerApi } from "../support/trigger-api/trigger-api.ts";
import { FirstDay, urlOn } from "./first-day.ts";
import { HAS_TMUX } from "./tmux.ts";

let day: FirstDay;
beforeEach(async () => {
  if (HAS_TMUX) day = await FirstDay.begin({ TZ: "UTC" });
});
afterEach(async () => {
  if (HAS_TMUX) await day.leave();
});

test.skipIf(!HAS_TMUX)(
  "from an empty home to ready, each step broken off once and each wrong input given once",
  async () => {
    const { person, terminal, given } = day;
    await terminal.begin("setup");
    await terminal.until(/In which time zone/);
    await terminal.press("C-c");
    expect((await terminal.ended()).exit).toBe(130);

    await terminal.begin("setup");
    await terminal.until(/In which time zone/);
    for (let i = 0; i < 4; i++) await terminal.press("BSpace");
    await terminal.type("Mars/Olympus");
    await terminal.until(/Mars\/Olympus[\s\S]*(no time zone|is no|unknown)/i);
    for (let i = 0; i < 14; i++) await terminal.press("BSpace");
    await terminal.type("Europe/Madrid");
    await terminal.until(/Where shall your posts be kept/);
    await terminal.press("C-c");
    expect((await terminal.ended()).exit).toBe(130);

    // The zone is kept; a database that does not answer is asked for again.
    await terminal.begin("setup");
    await terminal.until(/Time zone: Europe\/Madrid[\s\S]*Where shall/);
    await terminal.press("Down");
    await terminal.press("Enter");
    await terminal.until(/Its URL/);
    await terminal.type("postgres://nobody@127.0.0.1:1/none");
    await terminal.until(/does not answer|can't be reached|refused/i);
    await terminal.type(given.DATABASE_URL);
    await terminal.until(/OAuth 2\.0 Client ID/, 30_000);
    expect(day.kept(day.secretsFile)).toContain("PSN_ENCRYPTION_KEY=v1:");
    await terminal.type(given.X_CLIENT_ID);
    await terminal.until(/Client Secret \(not shown\)/);
    await terminal.type("wrong-secret");
    await terminal.until(/X does not know this client id[\s\S]*Client ID/);
    expect(await terminal.until(/Client ID/)).not.toContain("wrong-secret");
    await terminal.press("C-c");
    expect((await terminal.ended()).exit).toBe(130);

    await terminal.begin("setup");
    await terminal.until(/OAuth 2\.0 Client ID/);
    await terminal.type(given.X_CLIENT_ID);
    await terminal.until(/Client Secret \(not shown\)/);
    await terminal.type(given.X_CLIENT_SECRET);
    const first = await terminal.until(/Paste the address/);
    await terminal.press("C-c");
    expect((await terminal.ended()).exit).toBe(130);
    expect(first).toContain("30 seconds");

    // A code that comes late is answered by one sentence and a fresh address.
    await terminal.begin("setup");
    const screen = await terminal.until(/Paste the address/);
    const late = await person.control.decide(urlOn(screen));
    await person.control.run("expireCodes", {});
    await terminal.type(late);
    const again = await terminal.until(/Once more, with a new address[\s\S]*Paste the address/);
    expect(urlOn(again)).not.toBe(urlOn(screen));
    await terminal.type(await person.control.decide(urlOn(again)));
    await terminal.until(/From where shall posts go out/);
    await terminal.press("Enter");
    await terminal.until(/Engine: the worker on this machine[\s\S]*Ready\./, 60_000);
    expect((await terminal.ended()).exit).toBe(0);

    const status = await person.ok("setup status");
    expect(status.ready).toBe(true);
    expect(day.kept(day.hubFile)).toContain("X_CLIENT_ID=");
    expect(day.kept(day.hubFile)).not.toContain(given.X_CLIENT_SECRET);
  },
  180_000,
);

test.skipIf(!HAS_TMUX)(
  "run again, everything is tested and kept; an access token that ran out is renewed; a dead sign-in is asked for",
  async () => {
    const { person } = day;
    await day.allKnown();
    const own = day.terminal;
    // X refuses the access token before its time.
    await person.control.run("expireAccessTokens", {});

    const ran = await own.run("setup");
    expect(ran.screen).toMatch(/Sign-in: @handle, still good/);
    expect(ran.exit).toBe(0);
    // Once for that, and once by the doctor.
    expect((await person.control.state()).tokens.refreshes).toBe(2);

    await person.control.run("revokeGrants", {});
    await person.database.sql`update oauth_tokens set expires_at = now() - interval '1 minute'`;
    await own.begin("setup");
    await own.until(/has ended: X says that its refresh token is no longer valid\.[\s\S]*Paste the address/);
    await own.press("C-c");
    expect((await own.ended()).exit).toBe(130);
  },
  90_000,
);

test.skipIf(!HAS_TMUX)(
  "another account than before is asked about, and no means no",
  async () => {
    const { person } = day;
    await day.allKnown();
    await person.control.run("putAccount", { handle: "other" });
    const own = day.terminal;
    await own.begin("setup x-auth");
    const screen = await own.until(/Paste the address/);
    await own.type(await person.control.decide(urlOn(screen), "approve", "other"));
    await own.until(/signed in at X as @other; your posts were @handle's/);
    await own.type("n");
    const { exit, screen: after } = await own.ended();
    expect(after).toContain("You stay signed in as @handle.");
    expect(exit).toBe(4);
    expect((await person.ok("status")).account).toBe("@handle");
  },
  60_000,
);

test.skipIf(!HAS_TMUX)("without a terminal it asks nothing and names the next command", async () => {
  const ran = await day.person.psn("setup wizard --json");
  expect([ran.exit, ran.json.error.code, ran.json.error.next]).toEqual([3, "input_needed", "psn setup status"]);
});

test.skipIf(!HAS_TMUX)(
  "who wants Trigger.dev is linked to it, a wrong key is asked for again, and posts stay here until it is deployed",
  async () => {
    const { person } = day;
    await using api = await startTriggerApi();
    await day.allKnown();
    delete person.env["PSN_ENGINE"];
    person.env["TRIGGER_API_URL"] = api.url;
    const own = await day.renew();
    await own.begin("setup");
    await own.until(/From where shall posts go out/);
    await own.press("Down");
    await own.press("Enter");
    for (const [key, answer] of [
      ["tr_dev_abcdefgh", /development key/i],
      ["tr_prod_unknown", /does not accept/i],
      [api.secretKey, /until you have deployed to proj_standin/],
    ] as const) {
      await own.until(/Project ref/);
      await own.type("proj_standin");
      await own.until(/production key, tr_prod_… \(not shown\)/);
      await own.type(key);
      await own.until(answer, 30_000);
    }
    expect(day.kept(day.hubFile)).toMatch(/PSN_ENGINE=local[\s\S]*TRIGGER_PROJECT_REF=proj_standin/);
    expect(day.kept(day.secretsFile)).toContain(`TRIGGER_SECRET_KEY=${api.secretKey}`);
  },
  90_000,
);
