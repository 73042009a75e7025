import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asPlainUser, PLAIN_USER_CAN_RUN, temporaryFolder } from "../files/support.ts";
import { type Line, wordsOf } from "../support/line.ts";
import { Person } from "../support/person.ts";
import { type RanOf, runPsn } from "../support/run-psn.ts";
import { SPRING } from "./dates.ts";
import { checkEnvelope, envOf } from "./outside.ts";

/** Root may write everywhere, so these are run as a plain user, with a home of their own. */

let person: Person;
let home: string;
beforeAll(async () => {
  person = await Person.arrive();
  home = temporaryFolder();
  for (const folder of ["", "state", "config", ".config", "closed", "elsewhere"]) own(join(home, folder));
  Object.assign(person.env, { HOME: home, PSN_STATE_DIR: join(home, "state"), PSN_CONFIG_DIR: join(home, "config") });
});
afterAll(async () => {
  await person.leave();
  rmSync(home, { recursive: true, force: true });
});

function own(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const { uid, gid } = statSync(folder);
  chownSync(folder, asPlainUser.uid ?? uid, asPlainUser.gid ?? gid);
}

/** Runs a command as a plain user, with --json. */
async function ask<const L extends Line>(
  line: L,
  { env, ...given }: { env?: Record<string, string | undefined>; stdin?: string } = {},
): Promise<RanOf<L>> {
  const ran = await runPsn(line, { ...asPlainUser, ...given, json: true, env: envOf(person, env), cwd: "/" });
  checkEnvelope(ran, wordsOf(line).join(" "));
  return ran;
}

/** Runs with a folder closed for writing. */
async function readOnly<T>(folder: string, run: () => Promise<T>): Promise<T> {
  chmodSync(folder, 0o555);
  try {
    return await run();
  } finally {
    chmodSync(folder, 0o755);
  }
}

const refused = (code: string, path: string) => ({
  exit: 3,
  json: { error: { code, message: expect.stringContaining(path), next: expect.stringContaining(path) } },
});

test.skipIf(!PLAIN_USER_CAN_RUN)(
  "without a database of their own, a state folder that can't be written is named",
  async () => {
    const state = join(home, "state");
    const env = { DATABASE_URL: undefined };
    await readOnly(state, async () => {
      expect(await ask("draft --stdin", { env, stdin: "Hello." })).toMatchObject(refused("state_unwritable", state));
      expect((await ask("status", { env })).json.data.attention).toMatchObject([{ code: "state_unwritable" }]);
      expect((await ask("setup status", { env })).json.data.steps).toContainEqual(
        expect.objectContaining({ step: "database", state: "broken" }),
      );
    });
    // In the place of the folder there is a file.
    writeFileSync(join(home, "file"), "");
    const inFile = { ...env, PSN_STATE_DIR: join(home, "file") };
    expect(await ask("draft --stdin", { env: inFile, stdin: "Hello." })).toMatchObject({
      exit: 3,
      json: { error: { code: "state_unwritable" } },
    });
  },
);

test.skipIf(!PLAIN_USER_CAN_RUN)(
  "a configuration folder that can't be written is named, and so is one for the key",
  async () => {
    const config = join(home, "config");
    await readOnly(config, async () =>
      expect(await ask("setup timezone Europe/Madrid")).toMatchObject(refused("state_unwritable", config)),
    );
    await readOnly(join(home, ".config"), async () => {
      const stranger = await Person.arrive({ signedIn: false });
      try {
        const env = { DATABASE_URL: stranger.env["DATABASE_URL"] };
        expect(await ask("setup x-auth start", { env })).toMatchObject(
          refused("state_unwritable", join(home, ".config/psn")),
        );
      } finally {
        await stranger.leave();
      }
    });
  },
);

test.skipIf(!PLAIN_USER_CAN_RUN)(
  "a post that no worker can be started for is scheduled, and that is told as the problem it is",
  async () => {
    const state = join(home, "state");
    await readOnly(state, async () => {
      const { json } = await ask("draft --stdin", { stdin: "On time, I hope." });
      const { id, seal } = json.data;
      const armed = await ask(["schedule", id, "--expect", seal, "--at", SPRING.wall]);
      expect(armed).toMatchObject(refused("state_unwritable", state));
      expect(armed.json.data).toMatchObject({ id, status: "scheduled" });
      // Looking at it needs no worker.
      const shown = await ask(`show ${id}`);
      expect(shown).toMatchObject({ exit: 0, json: { data: { status: "scheduled" } } });
      expect(shown.stderr).toContain("the worker can't be started");
    });
  },
);

test.skipIf(!PLAIN_USER_CAN_RUN)("files that may not be read are told so", async () => {
  const secret = join(home, "closed/text.txt");
  writeFileSync(secret, "Not for you.", { mode: 0o000 });
  expect(await ask(`draft --file ${secret}`)).toMatchObject({
    exit: 5,
    json: { error: { code: "file_unreadable", message: expect.stringContaining("EACCES") } },
  });
  chmodSync(join(home, "closed"), 0o000);
  expect(await ask(`draft --file ${secret}`)).toMatchObject({ exit: 5, json: { error: { code: "file_unreadable" } } });

  const hub = join(home, "config/hub.env");
  writeFileSync(hub, "X_CLIENT_ID=abc\n");
  chmodSync(hub, 0o000);
  expect(await ask("draft --stdin", { stdin: "Hello." })).toMatchObject({
    exit: 3,
    json: { error: { code: "config_invalid", message: expect.stringContaining(hub) } },
  });
  expect(await ask("status")).toMatchObject({ exit: 0 });
  rmSync(hub);
});
