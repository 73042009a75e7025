import { afterEach, beforeEach, expect, test } from "bun:test";
import type { TransactionSql } from "postgres";
import { until } from "../../bench/support/stage.ts";
import { withFileLock } from "../../src/files/lock.ts";
import { FirstDay, urlOn } from "./first-day.ts";
import { HAS_TMUX } from "./tmux.ts";

const TOKEN = { method: "POST", path: "/2/oauth2/token" };

let day: FirstDay;
beforeEach(async () => {
  if (HAS_TMUX) day = await FirstDay.begin({ TZ: "Europe/Lisbon" });
});
afterEach(async () => {
  if (HAS_TMUX) await day.leave();
});

const isWaiting = async (sql: TransactionSql): Promise<boolean> => {
  await sql`select pg_stat_clear_snapshot()`;
  const rows = await sql`
    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  return rows.length > 0;
};

test.skipIf(!HAS_TMUX)(
  "a terminal that is closed at any step leaves nothing half done and no process, and the next one goes on from there",
  async () => {
    const { person, given } = day;
    const { control } = person;
    const { sql } = person.database;
    const names = () => day.names();
    let terminal = day.terminal;
    /** A new terminal, in which the wizard has come to show this. */
    const upTo = async (shows: RegExp) => {
      terminal = await day.renew();
      await terminal.begin("setup");
      return await terminal.until(shows, 30_000);
    };
    const hangUp = () => terminal.hangUp();
    /** Waits until psn waits for a lock of the database, and closes the terminal then. */
    const hangUpWhileLocked = (table: string, act: () => Promise<unknown>) =>
      sql.begin(async (tx) => {
        await tx.unsafe(`lock table ${table} in access exclusive mode`);
        await act();
        await until("psn waits for the database", () => isWaiting(tx));
        await hangUp();
      });
    const hangUpAtX = async (when: "before" | "after", act: () => Promise<unknown>) => {
      await control.run("addFault", { match: TOKEN, action: { kind: "hold", when } });
      await act();
      await control.until(({ faults }) => faults.some(({ holding }) => holding > 0), 30_000);
      await hangUp();
      await control.run("clearFaults", {});
    };

    await upTo(/In which time zone.*\s.*Europe\/Lisbon/);
    await hangUp();
    expect(names()).toEqual([]);
    await upTo(/In which time zone/);
    await terminal.press("Enter");
    await terminal.until(/Where shall your posts be kept/);
    await hangUp();
    const toUrl = async () => {
      await upTo(/Time zone: Europe\/Lisbon[\s\S]*Where shall/);
      await terminal.press("Down");
      await terminal.press("Enter");
      await terminal.until(/Its URL/);
    };
    await toUrl();
    await terminal.type("not a url");
    await terminal.until(/That is no URL/);
    await hangUp();
    await toUrl();
    await hangUpWhileLocked("drizzle.__drizzle_migrations", () => terminal.type(given.DATABASE_URL));
    expect(names()).toEqual(["PSN_TIMEZONE"]);
    await toUrl();
    await hangUpWhileLocked("vault_keys", async () => {
      await terminal.type(given.DATABASE_URL);
      await terminal.until(/3\/\d+ {2}Encryption key/);
    });
    expect(names()).toEqual(["DATABASE_URL", "PSN_TIMEZONE"]);

    const app = ["DATABASE_URL", "PSN_ENCRYPTION_KEY", "PSN_TIMEZONE"];
    await upTo(/OAuth 2\.0 Client ID/);
    expect(names()).toEqual(app);
    const key = /^PSN_ENCRYPTION_KEY=.*$/m.exec(day.kept(day.secretsFile))?.[0];
    await terminal.type("two words");
    await terminal.until(/one word, please/);
    for (let i = 0; i < "two words".length; i++) await terminal.press("BSpace");
    await terminal.type(given.X_CLIENT_ID);
    await terminal.until(/Client Secret \(not shown\)/);
    await terminal.press("Enter");
    await terminal.until(/nothing was typed/);
    await hangUp();
    await upTo(/OAuth 2\.0 Client ID/);
    await terminal.type(given.X_CLIENT_ID);
    await terminal.until(/Client Secret \(not shown\)/);
    await hangUpAtX("before", () => terminal.type(given.X_CLIENT_SECRET));
    expect(names()).toEqual(app);

    await upTo(/OAuth 2\.0 Client ID/);
    await terminal.type(given.X_CLIENT_ID);
    await terminal.until(/Client Secret \(not shown\)/);
    await terminal.type(given.X_CLIENT_SECRET);
    await terminal.until(/Paste the address/);
    await hangUp();
    const all = [...app, "X_CLIENT_ID", "X_CLIENT_SECRET"].sort();
    expect(names()).toEqual(all);
    const screen = await upTo(/Paste the address/);
    await terminal.type(urlOn(screen));
    const again = await terminal.until(/Once more, with a new address[\s\S]*Paste the address/);
    const redirect = await control.decide(urlOn(again));
    await hangUpAtX("after", () => terminal.type(redirect));
    expect(await sql`select from accounts union all select from oauth_tokens`).toHaveLength(0);

    const fresh = urlOn(await upTo(/Paste the address/));
    await terminal.type(await control.decide(fresh));
    await terminal.until(/Sign-in: @handle[\s\S]*From where shall posts go out/);
    await hangUp();
    await withFileLock(`${day.hubFile}.lock`, async () => {
      await upTo(/From where shall posts go out/);
      await terminal.press("Enter");
      await terminal.until(/this machine/);
      await hangUp();
    });
    expect(names()).toEqual(all);
    // Its sign-in is renewed and stored; X is asked whose it is.
    const me = { method: "GET", path: "/2/users/me", nth: 2 };
    await control.run("addFault", { match: me, action: { kind: "hold" } });
    await upTo(/From where shall posts go out/);
    await terminal.press("Enter");
    await terminal.until(/7\/\d+ {2}Proof/);
    await control.until(({ faults }) => faults.some(({ holding }) => holding > 0), 30_000);
    await hangUp();
    await control.run("clearFaults", {});

    await upTo(/Ready\./);
    expect((await terminal.ended()).exit).toBe(0);
    expect(names()).toEqual([...all, "PSN_ENGINE"].sort());
    expect(day.kept(day.secretsFile)).toContain(`${key}\n`);
    expect((await person.ok("setup status")).ready).toBe(true);
  },
  180_000,
);

test.skipIf(!HAS_TMUX)(
  "neither Ctrl-C nor a closed terminal loses a sign-in that X is renewing at that moment",
  async () => {
    const { control, database } = day.person;
    await day.allKnown();
    const begin = async () => {
      await database.sql`update oauth_tokens set expires_at = now()`;
      // The first request asks whether X knows the app.
      await control.run("addFault", { match: { ...TOKEN, nth: 2 }, action: { kind: "hold", when: "after" } });
      const terminal = await day.renew();
      await terminal.begin("setup");
      await control.until(({ faults }) => faults.some(({ holding }) => holding > 0), 30_000);
      return terminal;
    };
    const versions = async () => [...(await database.sql`select version from oauth_tokens`)];

    const interrupted = await begin();
    await interrupted.press("C-c");
    await interrupted.until(/psn ends when that is stored/);
    await control.run("clearFaults", {});
    expect((await interrupted.ended()).exit).toBe(130);
    expect(await versions()).toEqual([{ version: 2 }]);

    const closed = await begin();
    await closed.hangUp(() => control.run("clearFaults", {}));
    expect(await versions()).toEqual([{ version: 3 }]);
    expect((await control.state()).tokens).toMatchObject({ refreshes: 2, reuses: 0, revokedGrants: 0 });
  },
  60_000,
);
