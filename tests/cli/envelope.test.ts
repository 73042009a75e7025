import { afterAll, beforeAll, expect, test } from "bun:test";
import { Person } from "../support/person.ts";
import { envelopeOf } from "../support/printed/index.ts";
import { apart, ask, atOnce, checkEnvelope, say } from "./outside.ts";

let person: Person;
beforeAll(async () => {
  person = await Person.arrive({ env: { PSN_IDLE_SECONDS: "0" }, manyInOne: true });
});
afterAll(() => person.leave());

test.concurrent("--json may stand before the command, as callers who wrap psn put it", async () => {
  const first = await say(person, "--json show nothing");
  checkEnvelope(first, "--json show");
  expect(first.json).toMatchObject({ ok: false, command: "show", error: { code: "post_not_found" } });
  expect((await ask(person, "setup --json status")).json.data.ready).toBe(true);
});

test.concurrent("without --json people's text is on stdout, and an error with its next command is on stderr", async () => {
  const fine = await say(person, "status");
  expect(fine).toMatchObject({ exit: 0, stderr: "" });
  expect(fine.stdout).toContain("signed in as @handle");

  const wrong = await say(person, "show nothing");
  expect(wrong).toMatchObject({ exit: 6, stdout: "", stderr: 'There is no post "nothing".\n→ psn status\n' });
});

test.concurrent("what was shown and is not good has its error beside the data", async () => {
  await person.control.run("addFault", {
    match: { method: "POST", path: "/2/tweets" },
    action: {
      kind: "answer",
      status: 403,
      body: {
        title: "Authorization Error",
        detail: "Posts are limited to a maximum of one cashtag ($SYMBOL)",
        type: "about:blank",
        status: 403,
      },
    },
  });
  const { id, seal } = await person.draft("It will be refused.");
  const refused = await ask(person, ["publish", id, "--expect", seal, "--wait"]);
  expect(refused).toMatchObject({
    exit: 8,
    json: { ok: false, error: { code: "publish_failed" }, data: { id, status: "failed" } },
  });

  const { id: other, seal: otherSeal } = await person.draft("It will be refused too.");
  await person.control.run("addFault", {
    match: { method: "POST", path: "/2/tweets" },
    action: { kind: "answer", status: 403, body: { detail: "Tweet contains an invalid URL." } },
  });
  const shown = await say(person, ["publish", other, "--expect", otherSeal, "--wait"]);
  expect(shown.exit).toBe(8);
  expect(shown.stdout).toContain(other);
  expect(shown.stderr).toMatch(/^\S.*\n→ psn /);
});

test.concurrent("pipes get no colours in any kind of answer, unless they are forced and not forbidden", async () => {
  // Each finds out about its pipes and colours when it begins.
  const own = apart(person);
  const colourful = { TERM: "xterm-256color", COLORTERM: "truecolor" };
  const lines = ["status", "setup status", "commands", "worker status", "nonsense", "draft --help"];
  const outputs = await atOnce(lines, (line) => say(own, line, { env: colourful }));
  for (const { stdout, stderr } of outputs) expect(`${stdout}${stderr}`).not.toContain("\u001b");
  const forced = { ...colourful, FORCE_COLOR: "1" };
  expect((await say(own, "status", { env: forced })).stdout).toContain("\u001b[");
  expect((await say(own, "status", { env: { ...forced, NO_COLOR: "1" } })).stdout).not.toContain("\u001b");
});

test.concurrent("what somebody else's text could do to a terminal is shown as signs", async () => {
  const { stdout } = await say(person, "draft --stdin", { stdin: "red \u001b[31m, bell \u0007, back \u009b2J" });
  expect(stdout).toContain("red ␛[31m, bell ␇, back \ufffd2J");
});

test.concurrent("an argument that is a whole text is repeated only in part", async () => {
  const text = "long words ".repeat(5_000);
  const lines = [
    [text],
    ["status", text],
    ["show", text],
    ["status", `--${text}`],
    ["show", "p00000000", "--page", text],
    ["setup", "timezone", text],
  ];
  await atOnce(lines, (line) => ask(person, line));
});

test("these tests notice an answer with another shape: a field too many, one that lacks, and another command's", async () => {
  const status = (await ask(person, "setup status")).json;
  const told = (envelope: object) => () => envelopeOf("setup status --json", JSON.stringify(envelope));
  expect(told(status)()).toEqual(status);
  const { next: _, ...rest } = status.data;
  expect(told({ ...status, data: { ...rest, nxet: null } })).toThrow(/psn setup status --json .*"nxet".*data\.next/s);
  expect(told({ ...status, command: "doctor" })).toThrow("command");
  expect(told({ ...status, data: undefined })).toThrow("data");
  expect(told({ ...status, error: { code: "usage", message: "No.", retryable: false } })).toThrow("error");
  expect(told({ ok: false, command: "status" })).toThrow("error");
  expect(told({ command: "status", data: status.data })).toThrow("psn setup status");
  expect(told({ ok: false, command: "status", error: { code: "usage", message: "No." } })).toThrow("retryable");
});
