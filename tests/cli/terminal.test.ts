import { afterAll, beforeAll, expect, test } from "bun:test";
import { Person } from "../support/person.ts";
import { HAS_TMUX, Terminal } from "./tmux.ts";

let person: Person;
let terminal: Terminal;
beforeAll(async () => {
  if (!HAS_TMUX) return;
  person = await Person.arrive({ signedIn: false });
  terminal = await Terminal.open(person.env, person.home);
});
afterAll(async () => {
  if (!HAS_TMUX) return;
  await terminal.close();
  await person.leave();
});

test.skipIf(!HAS_TMUX)(
  "psn alone shows the status, in colours, and without them where they are not wanted",
  async () => {
    const { screen, exit } = await terminal.run("psn");
    expect(exit).toBe(0);
    expect(screen).toContain("✗ No X account is signed in yet.");
    expect(await terminal.colours()).toContain("\u001b[31m✗");

    await terminal.run("NO_COLOR=1 psn");
    expect(await terminal.colours()).not.toContain("\u001b[31m");
    const piped = await terminal.run("psn status | cat -v");
    expect(piped.screen).toContain("No X account is signed in yet.");
    expect(piped.screen).not.toContain("^[");
    expect((await terminal.run("setup status")).screen).toMatch(/○ sign in\s+nobody is signed in/);
  },
);

test.skipIf(!HAS_TMUX)("a sign-in that is broken off leaves nothing behind", async () => {
  await terminal.begin("setup x-auth");
  await terminal.until(/Paste the address/);
  await terminal.press("C-c");
  const { screen, exit } = await terminal.ended();
  expect(exit).toBe(130);
  expect(screen).toContain("Interrupted; what is done is kept.");
  expect(screen).not.toMatch(/^\s+at /m);
  expect(await person.database.sql`select 1 from pending_sign_ins union all select 1 from accounts`).toHaveLength(0);
});

test.skipIf(!HAS_TMUX)("a sign-in is one command: open the address, paste the other one", async () => {
  await terminal.begin("setup x-auth");
  const screen = await terminal.until(/Paste the address/);
  const url = /http:\/\/127\.0\.0\.1:\d+\/i\/oauth2\/authorize\S+/.exec(screen)?.[0] ?? "";
  await terminal.type(await person.control.decide(url));
  const { exit, screen: after } = await terminal.ended();
  expect(after).toContain("✓ Signed in as @handle.");
  expect(exit).toBe(0);
});

test.skipIf(!HAS_TMUX)("a text can be typed, and thinking better of it saves nothing", async () => {
  await terminal.begin("psn draft --stdin");
  await terminal.until(/Write the text/);
  await terminal.type("Typed and thrown away.");
  await terminal.press("C-c");
  expect((await terminal.ended()).exit).toBe(130);
  expect(await person.database.sql`select 1 from posts`).toHaveLength(0);

  await terminal.begin("psn draft --stdin");
  await terminal.until(/Write the text/);
  await terminal.type("Typed and kept.");
  await terminal.press("C-d");
  const { screen, exit } = await terminal.ended();
  expect(exit).toBe(0);
  expect(screen).toContain("15/280");
});

test.skipIf(!HAS_TMUX)("asking for JSON is asking for no questions, also in a terminal", async () => {
  const { screen, exit } = await terminal.run("setup x-auth --json");
  expect(exit).toBe(3);
  expect(screen).toContain('"code":"input_needed"');
  expect((await terminal.run("psn --json")).exit).toBe(2);
});
