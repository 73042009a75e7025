import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { Person } from "../support/person.ts";
import { envelopeOf } from "../support/printed/index.ts";
import { commandOf, type RanOf, ranOf } from "../support/run-psn.ts";
import { atOnce, COMMANDS, checkEnvelope } from "./outside.ts";

/** Without a terminal nothing is ever asked: a caller whose stdin never ends would wait for ever. */

let person: Person;
let id: string;
beforeAll(async () => {
  person = await Person.arrive({ env: { PSN_IDLE_SECONDS: "1" }, manyInOne: true });
  ({ id } = await person.draft("One.\n---\nTwo."));
});
afterAll(() => person.leave());

type Stdin = "closed" | "open pipe";

/** Starts a command whose stdin is as it is said; an open pipe is left open by the caller. */
function start(line: string, stdin: Stdin) {
  const shell = stdin === "closed" ? ["/bin/sh", "-c", 'exec "$@" <&-', "sh"] : [];
  return Bun.spawn([...shell, ...commandOf(line.split(" ").filter((word) => word !== ""))], {
    env: person.env,
    cwd: person.home,
    stdin: stdin === "open pipe" ? "pipe" : "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

/** What a command wants after its name to get as far as it can; the text of those that take one is in a file. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  draft: "--file text.txt",
  show: "ID",
  edit: "ID --tweet 1 --file text.txt",
  split: "ID --tweet 9 --at 2",
  merge: "ID --tweet 9",
  move: "ID --tweet 9 --to 2",
  remove: "ID --tweet 9",
  attach: "ID text.txt --tweet 1",
  detach: "ID --tweet 1",
  alt: "ID --tweet 1 --alt None",
  schedule: "ID --expect 00000000 --at 2020-01-01",
  publish: "ID --expect 00000000 --wait",
  cancel: "ID",
  "setup timezone": "Europe/Madrid",
  "setup x-auth": "finish",
};

async function ended<const L extends string>(child: ReturnType<typeof start>, line: L): Promise<RanOf<L>> {
  const [stdout, stderr, exit] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  const ran = ranOf(line, { stdout, stderr, exit });
  checkEnvelope(ran, line);
  return ran;
}

test("every command answers --json with one line, and waits for no stdin that never ends or is closed", async () => {
  await Bun.write(join(person.home, "text.txt"), "A new text.");
  const lines = [...COMMANDS, "", "setup", "worker", "setup x-auth start"]
    .filter((command) => command !== "worker run")
    .map((command) => `${command} ${ARGUMENTS[command] ?? ""} --json`.trim().replace("ID", id));
  await atOnce(lines, (line) => ended(start(line, "open pipe"), line));
  const closed = lines.filter((line) => /^(status|draft|edit|setup status|setup x-auth)/.test(line));
  await atOnce(closed, (line) => ended(start(line, "closed"), line));
});

test("a worker in the foreground keeps its log apart from its answer", async () => {
  // Doctor has started one, too.
  await person.stopWorker();
  const child = start("worker run --json", "open pipe");
  const { json } = await ended(child, "worker run");
  expect(json).toMatchObject({ ok: true, data: { ended: "idle" } });
});

test("what must be asked for in a terminal fails at once elsewhere, and names the way", async () => {
  const answers = await atOnce(
    ["", "setup", "worker", "setup x-auth", "setup x-auth finish", "draft", `edit ${id} --tweet 1`],
    async (line) => {
      const child = start(line, "open pipe");
      return `${line}: ${await child.exited} ${(await new Response(child.stderr).text()).split("→ ")[1]?.trim()}`;
    },
  );
  expect(answers).toEqual([
    ": 2 psn --help",
    "setup: 2 psn setup --help",
    "worker: 2 psn worker --help",
    "setup x-auth: 3 psn setup x-auth start",
    "setup x-auth finish: 3 psn setup x-auth finish --stdin",
    "draft: 2 psn draft --help",
    `edit ${id} --tweet 1: 2 psn edit --help`,
  ]);
});

test("with --stdin a command reads to the end, however slowly it comes", async () => {
  const lines = ["draft --stdin --json", `edit ${id} --tweet 1 --stdin --json`, "setup x-auth finish --stdin --json"];
  const children = lines.map((line) => start(line, "open pipe"));
  const write = async ({ stdin }: (typeof children)[number], text: string) => {
    if (typeof stdin !== "object") throw new Error("no pipe");
    stdin.write(text);
    await stdin.flush();
    return stdin;
  };
  for (const child of children) await write(child, "Slowly ");
  // As long as a command takes from its start to its end.
  await person.psn("status");
  for (const [index, child] of children.entries()) {
    expect(child.exitCode).toBeNull();
    await (await write(child, "typed.")).end();
    const { ok, data, error } = envelopeOf(lines[index] ?? "", await new Response(child.stdout).text());
    if (ok) expect(data).toHaveProperty("tweets[0].text", "Slowly typed.");
    else expect(error.code).toBe("paste_invalid");
  }
});

test("a command that is interrupted says so, and a worker finishes first", async () => {
  const drafting = start("draft --stdin --json", "open pipe");
  const working = start("worker run --json", "open pipe");
  // Both are at work: the worker holds its lock, and the draft is as old as a command that has ended.
  await person.untilServed();
  await person.psn("status");
  for (const child of [drafting, working]) child.kill("SIGINT");
  expect(await drafting.exited).toBe(130);
  expect(envelopeOf("draft", await new Response(drafting.stdout).text())).toMatchObject({
    command: "draft",
    error: { code: "interrupted", next: "psn status" },
  });
  expect(await working.exited).toBe(0);
  const last = (await new Response(working.stdout).text()).trimEnd().split("\n").at(-1) ?? "";
  expect(envelopeOf("worker run", last)).toMatchObject({ ok: true, data: { ended: "stopped" } });
});
