import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Person } from "../support/person.ts";
import { HAS_TMUX, Terminal } from "./tmux.ts";

/** Somebody on the first day: a database that answers, and nothing else that psn knows. */
let person: Person;
let terminal: Terminal;
const unset = ["PSN_TIMEZONE", "DATABASE_URL", "X_CLIENT_ID", "X_CLIENT_SECRET"] as const;
let given: Record<(typeof unset)[number], string>;
beforeEach(async () => {
  if (!HAS_TMUX) return;
  person = await Person.arrive({ signedIn: false, env: { TZ: "UTC" } });
  const { PSN_TIMEZONE = "", DATABASE_URL = "", X_CLIENT_ID = "", X_CLIENT_SECRET = "" } = person.env;
  given = { PSN_TIMEZONE, DATABASE_URL, X_CLIENT_ID, X_CLIENT_SECRET };
  for (const name of unset) delete person.env[name];
  terminal = await Terminal.open(person.env, person.home);
});
afterEach(async () => {
  if (!HAS_TMUX) return;
  await terminal.close();
  Object.assign(person.env, given);
  await person.leave();
});

const secretsFile = () => join(person.home, ".config", "psn", "secrets.env");
const urlOn = (screen: string) =>
  /http:\/\/127\.0\.0\.1:\d+\/i\/oauth2\/authorize\S+/.exec(
    screen.slice(screen.lastIndexOf("Open this address")),
  )?.[0] ?? "";

test.skipIf(!HAS_TMUX)(
  "from an empty home to ready, each step broken off once and each wrong input given once",
  async () => {
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
    expect(readFileSync(secretsFile(), "utf8")).toContain("PSN_ENCRYPTION_KEY=v1:");
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
    await terminal.until(/Ready\./, 60_000);
    expect((await terminal.ended()).exit).toBe(0);

    const status = await person.ok("setup status");
    expect(status.ready).toBe(true);
    expect(existsSync(join(person.home, "config", "hub.env"))).toBe(true);
    expect(readFileSync(join(person.home, "config", "hub.env"), "utf8")).not.toContain(given.X_CLIENT_SECRET);
  },
  180_000,
);

test.skipIf(!HAS_TMUX)(
  "run again, everything is tested and kept; an access token that ran out is renewed; a dead sign-in is asked for",
  async () => {
    Object.assign(person.env, given);
    await person.beSignedIn();
    const own = await Terminal.open(person.env, person.home);
    await person.database.sql`update oauth_tokens set expires_at = now() - interval '1 minute'`;

    const ran = await own.run("setup");
    expect(ran.screen).toMatch(/Sign-in: @handle, still good/);
    expect(ran.exit).toBe(0);
    expect((await person.control.state()).tokens.refreshes).toBeGreaterThan(0);

    await person.control.run("revokeGrants", {});
    await person.database.sql`update oauth_tokens set expires_at = now() - interval '1 minute'`;
    await own.begin("setup");
    await own.until(/has ended[\s\S]*Paste the address/);
    await own.press("C-c");
    expect((await own.ended()).exit).toBe(130);
    await own.close();
  },
  90_000,
);

test.skipIf(!HAS_TMUX)(
  "another account than before is asked about, and no means no",
  async () => {
    Object.assign(person.env, given);
    await person.beSignedIn();
    await person.control.run("putAccount", { handle: "other" });
    const own = await Terminal.open(person.env, person.home);
    await own.begin("setup x-auth");
    const screen = await own.until(/Paste the address/);
    await own.type(await person.control.decide(urlOn(screen), "approve", "other"));
    await own.until(/signed in at X as @other; your posts were @handle's/);
    await own.type("n");
    const { exit, screen: after } = await own.ended();
    expect(after).toContain("You stay signed in as @handle.");
    expect(exit).toBe(4);
    expect((await person.ok("status")).account).toBe("@handle");
    await own.close();
  },
  60_000,
);

test.skipIf(!HAS_TMUX)("without a terminal it asks nothing and names the next command", async () => {
  const ran = await person.psn("setup wizard --json");
  expect([ran.exit, ran.json.error.code, ran.json.error.next]).toEqual([3, "input_needed", "psn setup status"]);
});
