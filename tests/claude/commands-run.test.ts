import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { imageFile } from "../support/images.ts";
import { Person } from "../support/person.ts";
import { envelopeOf } from "../support/printed/index.ts";
import { lineIn, PROJECT, readCommandFile } from "./command-files.ts";

/** What a shell, an argument or an escape would change. */
const TEXT = `Bonjour !  It's "50 %" & $5 or $HOME, \`whoami\`, \\n, $(id), 100 * 2 # no comment\n--json and <<'X' ünïcode 🎉`;

const IMAGE = "it's a chart.png";

let person: Person;
beforeAll(async () => {
  person = await Person.arrive({ manyInOne: true });
});
afterAll(() => person.leave());

/** Runs a line as the client's shell does: in the project's folder, without a terminal. */
async function shell(line: string): Promise<{ exit: number; stdout: string; stderr: string }> {
  const child = Bun.spawn(["/bin/sh", "-c", line], {
    cwd: PROJECT,
    env: person.env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, exit] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { exit, stdout, stderr };
}

/** Puts values into the places that a command file leaves open. */
function filled(command: string, values: Readonly<Record<string, string>>): string {
  // One pass, so that a word of the text is not taken for a place itself.
  return command.replace(/(?<![\w-])[A-Z]+(?![\w-])/g, (place) => values[place] ?? place);
}

/** A draft of four tweets, made without the splitter, whose choice is its own. */
async function fourTweets(): Promise<string> {
  const { id } = await person.draft("One. Two. Three. Four.");
  for (const [tweet, at] of [
    ["1", "4"],
    ["2", "4"],
    ["3", "6"],
  ] as const) {
    await person.ok(["split", id, "--tweet", tweet, "--at", at]);
  }
  return id;
}

/** What stands for the places of a command about this post. */
async function valuesFor(command: string, id: string): Promise<Record<string, string>> {
  const inQuotes = (text: string) => text.replaceAll("'", "'\\''");
  const SEAL = command.includes("SEAL") ? (await person.ok(["show", id])).seal : "";
  const image = { PATH: inQuotes(join(person.home, IMAGE)), ALT: inQuotes("It's a chart") };
  const FILE = inQuotes(join(person.home, "it's a preview.html"));
  return { ID: id, SEAL, N: "1", M: "2", K: "1", OFFSET: "2", TEXT, TIME: "tomorrow 9am", FILE, ...image };
}

test("every command of /psn:post does what the file says, and its text arrives as it was typed", async () => {
  const { commands } = readCommandFile("post");
  imageFile(person.home, IMAGE, [200, 30, 30]);
  const edited = await fourTweets();
  for (const command of commands.filter((c) => !/post\.ts (schedule|publish|cancel) /.test(c))) {
    const ran = await shell(filled(command, await valuesFor(command, edited)));
    expect([command, ran.exit, ran.stderr]).toEqual([command, 0, ""]);
    const { ok, data } = envelopeOf(lineIn(command), ran.stdout);
    expect([command, ok]).toEqual([command, true]);
    if (command.includes("--stdin")) expect(data).toHaveProperty("tweets[0].text", TEXT);
    if (command.includes("attach")) expect(data).toHaveProperty("tweets[0].media[0].alt", "It's a chart");
  }
}, 60_000);

test("what sends does so with the seal that was shown, and cancel takes it back", async () => {
  const { commands } = readCommandFile("post");
  const { id } = await person.draft("A post that is approved.");
  for (const [verb, status] of [
    ["schedule", "scheduled"],
    ["cancel", "draft"],
    ["publish", "published"],
  ] as const) {
    const command = commands.find((line) => line.includes(`post.ts ${verb} `)) ?? "";
    const line = filled(command, await valuesFor(command, id));
    const { exit, stdout } = await shell(line);
    expect([line, exit]).toEqual([line, 0]);
    expect(envelopeOf(lineIn(command), stdout).data).toMatchObject({ id, status });
  }
  expect((await person.control.state()).tweets.map(({ text }) => text)).toEqual(["A post that is approved."]);
}, 60_000);

test("every command of /psn:setup works, and they sign a person in from start to finish", async () => {
  const { commands } = readCommandFile("setup");
  let PASTE = "";
  for (const command of commands) {
    const ran = await shell(filled(command, { ZONE: "Europe/Madrid", PASTE }));
    if (/x-auth$/.test(command)) {
      // For a terminal, and this is none: it must not wait for an answer that can't come.
      expect([ran.exit, ran.stderr]).toEqual([3, expect.stringContaining("x-auth start")]);
      continue;
    }
    expect([command, ran.exit, ran.stderr]).toEqual([command, 0, ""]);
    const { ok, data } = envelopeOf(lineIn(command), ran.stdout);
    expect([command, ok]).toEqual([command, true]);
    if (command.includes("x-auth start"))
      PASTE = await person.control.decide(envelopeOf("setup x-auth start", ran.stdout).data.url);
    if (command.includes("x-auth finish")) expect(data).toHaveProperty("account", expect.stringMatching(/^@\w+$/));
  }
  expect(PASTE).toContain("code=");
}, 60_000);

test("the look before a slash command succeeds even when psn can't tell anything", async () => {
  for (const name of ["post", "setup"] as const) {
    const [preflight = ""] = readCommandFile(name).preflight;
    const elsewhere = Bun.spawnSync(["/bin/sh", "-c", preflight], { cwd: person.home, env: person.env });
    expect([elsewhere.exitCode, elsewhere.stderr.toString()]).toEqual([0, expect.stringContaining("not found")]);
    const child = Bun.spawnSync(["/bin/sh", "-c", preflight], {
      cwd: PROJECT,
      env: { ...person.env, PSN_TIMEZONE: "Mars" },
    });
    expect([child.exitCode, child.stdout.toString()]).toEqual([0, expect.stringContaining("PSN_TIMEZONE")]);
  }
});
