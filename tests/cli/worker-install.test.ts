import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { judge, projectRules } from "../claude/permissions.ts";
import { Person } from "../support/person.ts";
import { apart, ask, say } from "./outside.ts";
import { Manager } from "./worker-install-manager.ts";
import { readUnit } from "./worker-install-unit.ts";

/** Whatever a folder may be called, the unit's worker finds it. */
const STATE = `Ada's "stück" 50%h $HOME \\ x`;

let person: Person;
let manager: Manager;
let units: string;
beforeAll(async () => {
  person = await Person.arrive({ manyInOne: true });
  mkdirSync(join(person.home, "manager"));
  manager = new Manager(join(person.home, "manager"));
  person.env["PATH"] = `${manager.bin}:/usr/bin:/bin`;
  person.env["PSN_STATE_DIR"] = join(person.home, STATE);
  units = join(person.home, ".config", "systemd", "user");
});
afterAll(async () => {
  await person.psn("worker uninstall");
  await person.leave();
});

/** In files, where a service finds them. */
function moveSettings(): void {
  const { env, home } = person;
  const take = (name: string) => {
    const line = `${name}=${env[name]}\n`;
    delete env[name];
    return line;
  };
  writeFileSync(join(home, "config", "hub.env"), ["X_CLIENT_ID", "X_API_URL", "PSN_SETTLE_SECONDS"].map(take).join(""));
  const secrets = join(home, ".config", "psn", "secrets.env");
  const key = readFileSync(secrets, "utf8");
  writeFileSync(secrets, key + ["DATABASE_URL", "X_CLIENT_SECRET"].map(take).join(""), { mode: 0o600 });
}

const installed = () => (existsSync(units) ? readdirSync(units).filter((name) => name.endsWith(".service")) : []);

test("a setting that the service would not have is named, with the file that it belongs into, and nothing is written", async () => {
  const { exit, stdout, json } = await ask(person, "worker install");
  expect({ exit, code: json.error.code }).toEqual({ exit: 3, code: "not_set_up" });
  expect(json.error.settings).toEqual([
    "DATABASE_URL",
    "X_CLIENT_ID",
    "X_CLIENT_SECRET",
    "X_API_URL",
    "PSN_SETTLE_SECONDS",
  ]);
  expect(json.error.next).toContain(
    `DATABASE_URL, X_CLIENT_SECRET into ${join(person.home, ".config/psn/secrets.env")}`,
  );
  expect(json.error.next).toContain(
    `X_CLIENT_ID, X_API_URL, PSN_SETTLE_SECONDS into ${join(person.home, "config/hub.env")}`,
  );
  expect(stdout).not.toContain("sandbox-secret");
  expect(installed()).toEqual([]);

  mkdirSync(join(person.home, "config"), { recursive: true });
  moveSettings();
  // The same value in both places is no difference; another one is.
  const same = await ask(person, "worker install --dry-run", { env: { X_CLIENT_SECRET: "sandbox-secret" } });
  expect(same.exit).toBe(0);
  const other = await ask(person, "worker install --dry-run", { env: { X_CLIENT_SECRET: "another" } });
  expect(other.json.error.settings).toEqual(["X_CLIENT_SECRET"]);
});

test("where no service manager answers, that is said with a line for crontab, and nothing is written", async () => {
  manager.set("down", true);
  for (const line of ["worker install", "worker install --dry-run"]) {
    const { exit, json } = await ask(person, line);
    expect({ exit, code: json.error.code }).toEqual({ exit: 3, code: "service_unavailable" });
    expect(json.error.message).toContain("No medium found");
    expect(json.error.next).toBe(`add this line with crontab -e: ${json.error.crontab}`);
    expect(json.error.crontab).toStartWith("@reboot cd ");
    expect(json.error.crontab).toContain("keeper.ts --stay");
  }
  // Nor where its program is not even there.
  const bare = await ask(person, "worker install", { env: { PATH: "/nonexistent" } });
  expect(bare.json.error).toMatchObject({ code: "service_unavailable", message: expect.stringContaining("systemctl") });
  manager.set("down", false);
  expect(installed()).toEqual([]);
  expect((await ask(person, "worker status")).json.data.service).toEqual({ installed: false });
});

test("with Trigger.dev as the engine there is nothing to install", async () => {
  const { exit, json } = await ask(person, "worker install", { env: { PSN_ENGINE: "trigger" } });
  expect({ exit, code: json.error.code }).toEqual({ exit: 7, code: "wrong_state" });
  expect(installed()).toEqual([]);
});

test("a service that its manager refuses leaves nothing behind", async () => {
  manager.set("refuses", true);
  const { exit, json } = await ask(person, "worker install");
  expect({ exit, code: json.error.code }).toEqual({ exit: 3, code: "service_unavailable" });
  expect(json.error.message).toContain("is masked.");
  expect(installed()).toEqual([]);
  manager.set("refuses", false);
  manager.set("does-not-start", true);
  const second = await ask(person, "worker install");
  expect(second.json.error.message).toContain("control process exited");
  expect(installed()).toEqual([]);
  manager.set("does-not-start", false);
  expect(manager.asked().at(-1)).toBe("systemctl --user daemon-reload");
});

test("a dry run shows the unit and the commands, and does neither", async () => {
  manager.asked();
  const { json } = await ask(person, "worker install --dry-run");
  const { file, content, commands, service } = json.data;
  expect(file).toBe(join(units, service));
  expect(service).toMatch(/^psn-worker-[0-9a-f]{8}\.service$/);
  expect(readUnit(content).command.slice(-2)).toEqual(["run", "--stay"]);
  expect(commands).toContain(`systemctl --user enable --now ${service}`);
  expect(manager.asked()).toEqual(["systemctl --user show --property=Version"]);
  expect(installed()).toEqual([]);
});

test("it is written, started, and publishes what is due; then it is stopped, started again, and taken away", async () => {
  manager.set("no-lingering", true);
  manager.asked();

  const { data } = (await ask(person, "worker install")).json;

  expect(data).toMatchObject({ installed: true, change: "added", serving: "yes", outlivesLogout: false });
  expect(data.next).toStartWith("sudo loginctl enable-linger ");
  expect(manager.asked().filter((line) => !line.includes(" show"))).toEqual([
    "systemctl --user daemon-reload",
    `systemctl --user enable --now ${data.service}`,
    "loginctl --no-ask-password enable-linger",
  ]);
  expect(statSync(data.file).mode & 0o777).toBe(0o644);
  const unit = readFileSync(data.file, "utf8");
  for (const secret of ["sandbox-secret", "PSN_ENCRYPTION_KEY=", "postgres://"]) expect(unit).not.toContain(secret);

  const { service, byService, pid } = await person.ok("worker status");
  expect({ byService, pid }).toEqual({ byService: true, pid: data.pid });
  expect(service).toMatchObject({ installed: true, enabled: true, running: true, outlivesLogout: false });

  const { id, seal } = await person.draft("From a service.");
  const due = await person.ok(["schedule", id, "--expect", seal, "--at", "in 4 seconds"]);
  expect(warningOf(due)).toMatchObject({ next: "psn worker status" });
  await person.control.until(({ tweets }) => tweets.length === 1, 30_000);
  expect<number | undefined>(await person.untilServed()).toBe(data.pid);

  // Again: nothing is written and the worker goes on; this time it may linger.
  const { mtimeMs } = statSync(data.file);
  manager.set("no-lingering", false);
  const again = (await ask(apart(person), "worker install")).json.data;
  expect(again).toMatchObject({ change: "same", pid: data.pid, outlivesLogout: true });
  expect(statSync(data.file).mtimeMs).toBe(mtimeMs);

  // Other paths: it is written anew and restarted.
  writeFileSync(data.file, unit.replace("--no-env-file", "--older"));
  manager.asked();
  const changed = (await ask(person, "worker install")).json.data;
  expect(changed).toMatchObject({ change: "changed", serving: "yes" });
  expect(changed.pid).not.toBe(data.pid);
  expect(manager.asked()).toContain(`systemctl --user restart ${data.service}`);
  expect(readFileSync(data.file, "utf8")).toBe(unit);

  const stopped = await ask(person, "worker stop");
  expect(stopped.json.data).toMatchObject({ stopped: true, pid: changed.pid, service: data.service });
  expect((await person.ok("worker status")).service).toMatchObject({ enabled: true, running: false });
  expect((await say(person, "worker stop")).stdout).toContain("at the next log-in");

  // A post that is armed meanwhile has a worker all the same, which the service relieves.
  const third = await person.draft("Not from a service.");
  const second = await person.draft("From a service, again.");
  const armed = await person.ok(["schedule", second.id, "--expect", second.seal, "--at", "tomorrow 9am"]);
  expect(warningOf(armed)?.message).not.toContain("psn worker install");
  const between = await person.untilServed();
  const back = (await ask(person, "worker install")).json.data;
  expect(back).toMatchObject({ change: "same", serving: "yes" });
  expect(back.pid).not.toBe(between);

  const gone = (await ask(person, "worker uninstall")).json.data;
  expect(gone).toMatchObject({ uninstalled: true, service: data.service });
  expect(installed()).toEqual([]);
  // The scheduled post still has somebody who sends it.
  expect(await person.untilServed()).not.toBe(back.pid);
  expect((await ask(person, "worker uninstall")).json.data).toEqual({ uninstalled: false });
  expect((await ask(person, "worker uninstall --dry-run")).json.data).toEqual({ dryRun: true, uninstalled: false });
  const unserved = await person.ok(["schedule", third.id, "--expect", third.seal, "--at", "tomorrow 9am"]);
  expect(warningOf(unserved)).toMatchObject({ next: "psn worker install" });
  expect(warningOf(unserved)?.message).toContain("psn worker install");
});

test("a unit that is left where no manager answers any more is told of, and taken away", async () => {
  const { service, file } = (await ask(person, "worker install")).json.data;
  expect((await ask(person, "worker stop")).exit).toBe(0);
  manager.set("down", true);
  const told = (await ask(person, "worker status")).json.data.service;
  expect(told).toMatchObject({ installed: true, name: service, enabled: null, running: null });
  expect((await ask(person, "worker stop")).exit).toBe(0);
  expect((await ask(person, "worker uninstall --dry-run")).json.data).toMatchObject({ dryRun: true, file });
  expect(existsSync(file)).toBe(true);
  expect((await ask(person, "worker uninstall")).exit).toBe(0);
  expect(installed()).toEqual([]);
  manager.set("down", false);
  rmSync(join(person.home, "manager", `${service}.enabled`));
});

test("a worker that can't work is not told to be well installed", async () => {
  const secrets = join(person.home, ".config", "psn", "secrets.env");
  const before = readFileSync(secrets, "utf8");
  writeFileSync(secrets, before.replace(/^DATABASE_URL=.*$/m, "DATABASE_URL=postgres://nobody@127.0.0.1:1/nowhere"));
  const { exit, json } = await ask(person, "worker install");
  expect({ exit, code: json.error.code }).toEqual({ exit: 3, code: "service_unavailable" });
  expect(json.error.message).toContain("does not serve: The database");
  expect(json.data).toMatchObject({ installed: true, serving: "no" });
  // It waits for its database, and serves when that is back.
  expect((await ask(person, "worker status")).json.data.service).toMatchObject({ running: true });
  writeFileSync(secrets, before);
  expect((await ask(person, "worker install")).json.data).toMatchObject({ change: "same", serving: "yes" });
  expect((await ask(person, "worker uninstall")).exit).toBe(0);
  await person.untilServed();
});

test("Claude Code asks before it installs or uninstalls, and looks without asking", () => {
  const rules = projectRules();
  for (const run of ["node_modules/.bin/bun run src/cli/worker.ts", "npx psn worker", "psn worker"]) {
    for (const line of [
      `${run} install`,
      `${run} install --json`,
      `${run} --json install`,
      `${run} uninstall`,
      `${run} uninstall --json`,
    ]) {
      expect([line, judge(rules, line)]).toEqual([line, "ask"]);
    }
  }
  expect(judge(rules, "node_modules/.bin/bun run src/cli/worker.ts status --json")).toBe("allow");
});

const warningOf = ({ warnings }: { warnings: { code: string; message: string; next?: string }[] }) =>
  warnings.find(({ code }) => code === "needs_this_machine");
