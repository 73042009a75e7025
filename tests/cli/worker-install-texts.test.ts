import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { crontabLine } from "../../src/cli/worker/service/crontab.ts";
import { servicePlace } from "../../src/cli/worker/service/place.ts";
import { launchdAgent } from "../../src/cli/worker/service/plist.ts";
import { type ServiceProgram, serviceProgram } from "../../src/cli/worker/service/program.ts";
import { systemdUnit } from "../../src/cli/worker/service/unit.ts";
import { loadConfig } from "../../src/config/load.ts";
import { asPlainUser, temporaryFolder } from "../files/support.ts";
import { readUnit } from "./worker-install-unit.ts";

const SYSTEMD = "/lib/systemd/systemd";
const PYTHON = Bun.which("python3");

const NAMES = [
  "plain",
  "two words",
  "50%h%%",
  "Zoë 東京 🦊",
  `$HOME ${"$"}{HOME} $$`,
  "a=b;c #d",
  "&<!--]]>",
  "~",
  "*?[x]",
];
/** systemd takes no program whose path holds one of these, however it is written. */
const QUOTES = ["O'Brien", 'say "hi"', "back\\slash\\n"];

function programIn(folder: string): ServiceProgram {
  const bun = join(folder, "bun");
  return {
    command: [bun, "--no-env-file", join(folder, "worker.ts"), "run", "--stay"],
    kept: [bun, join(folder, "keeper.ts"), "--stay"],
    folder,
    env: { HOME: folder, PSN_STATE_DIR: folder, XDG_CONFIG_HOME: join(folder, ".config") },
    unset: ["DATABASE_URL", "PSN_ENGINE"],
    log: join(folder, "worker.log"),
  };
}

/** Characters that a path may hold and a description can; the ones that mean something come often. */
const folders = fc
  .array(fc.oneof(fc.constantFrom(..."\"'\\%$ {}&<>;#=né"), fc.string({ unit: "grapheme", maxLength: 1 })))
  .map((characters) => `/x${characters.join("").replaceAll(/[\p{Cc}\p{Cs}]/gu, "")}y`);

test("whatever a folder is called, a unit says it as systemd's pages tell it to be read", () => {
  fc.assert(
    fc.property(folders, (folder) => {
      const program = programIn(folder);
      const { command, env, unset, settings } = readUnit(systemdUnit(program));
      const direct = command[0] === "/bin/sh" ? command.slice(3) : command;
      expect(direct).toEqual([...program.command]);
      expect(env).toEqual(program.env);
      expect(unset).toEqual([...program.unset]);
      expect(settings.get("WorkingDirectory")).toBe(`-${folder.replaceAll("%", "%%")}`);
    }),
  );
});

test("a unit starts again what crashed, leaves the database alone, and is started with the user's session", () => {
  const { settings } = readUnit(systemdUnit(programIn("/home/ada/hub/.psn")));
  expect(Object.fromEntries(settings)).toMatchObject({
    Type: "exec",
    Restart: "on-failure",
    KillMode: "process",
    OOMPolicy: "continue",
    WantedBy: "default.target",
  });
});

/** A test run of a user's manager loads the units of a home and prints how it understood them; it starts nothing. */
function testRun(home: string): { stdout: string; success: boolean } {
  const run = join(home, "run");
  mkdirSync(run);
  chmodSync(run, 0o777);
  const { stdout, stderr, success } = Bun.spawnSync([SYSTEMD, "--user", "--test"], {
    ...asPlainUser,
    env: { PATH: "/usr/bin:/bin", HOME: home, XDG_RUNTIME_DIR: run },
    cwd: "/",
    stdout: "pipe",
    stderr: "pipe",
  });
  return { stdout: `${stdout}${stderr}`, success };
}

test.skipIf(!canAskSystemd())("systemd itself reads what was meant, and complains of nothing", () => {
  const home = temporaryFolder();
  const units = join(home, ".config/systemd/user");
  const wants = join(units, "default.target.wants");
  mkdirSync(wants, { recursive: true });
  const programs = [...NAMES, ...QUOTES].map((name) => programIn(join(home, name)));
  try {
    for (const [index, program] of programs.entries()) {
      writeFileSync(join(units, `psn-${index}.service`), systemdUnit(program));
      symlinkSync(`../psn-${index}.service`, join(wants, `psn-${index}.service`));
    }
    const { stdout: dump } = testRun(home);
    expect(dump.split("\n").filter((line) => /^\S*psn-\d+\.service:/.test(line))).toEqual([]);
    for (const [index, { command, env, folder, unset }] of programs.entries()) {
      const [, rest = ""] = dump.split(`-> Unit psn-${index}.service:\n`);
      const unit = rest.split("-> Unit ")[0] ?? "";
      const valuesOf = (name: string) =>
        [...unit.matchAll(new RegExp(`^\\s+${name}: (.*)$`, "gm"))].map(([, value = ""]) => value);
      const words = shellWords(valuesOf("Command Line")[0] ?? "");
      const [program = "", ...args] = words[0] === "/bin/sh" ? words.slice(3).map(dollars) : words;
      expect([program, ...args.map(dollars)]).toEqual([...command]);
      expect(valuesOf("Environment")).toEqual(Object.entries(env).map(([name, value]) => `${name}=${value}`));
      expect(valuesOf("UnsetEnvironment")).toEqual([...unset]);
      expect(valuesOf("WorkingDirectory")).toEqual([folder]);
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

function canAskSystemd(): boolean {
  const home = temporaryFolder();
  try {
    if (existsSync(SYSTEMD) && testRun(home).success) return true;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  console.log(`systemd's own reading of the unit is not tried: ${SYSTEMD} does not run here`);
  return false;
}

/** systemd prints a command as it would be typed. */
const shellWords = (line: string): string[] =>
  Bun.spawnSync(["/bin/bash", "-c", `printf '%s\\0' ${line}`])
    .stdout.toString()
    .split("\0")
    .slice(0, -1);

const dollars = (word: string) => word.replaceAll("$$", "$");

test.skipIf(PYTHON === null)(
  "an agent is a property list that says what was meant, whatever a folder is called",
  () => {
    const place = { manager: "launchd", name: "psn.worker.1a2b3c4d", file: "" } as const;
    const programs = [...NAMES, ...QUOTES].map((name) => programIn(`/Users/${name}`));
    const script =
      "import json,plistlib,sys; print(json.dumps([plistlib.loads(t.encode()) for t in json.load(sys.stdin)]))";
    const ran = Bun.spawnSync([PYTHON ?? "", "-c", script], {
      stdin: Buffer.from(JSON.stringify(programs.map((program) => launchdAgent(place, program)))),
    });
    expect(ran.stderr.toString()).toBe("");
    expect(JSON.parse(ran.stdout.toString())).toEqual(
      programs.map(({ command, env, folder, log }) => ({
        Label: place.name,
        ProgramArguments: command,
        EnvironmentVariables: env,
        WorkingDirectory: folder,
        StandardOutPath: log,
        StandardErrorPath: log,
        Umask: 0o077,
        RunAtLoad: true,
        KeepAlive: { SuccessfulExit: false },
        ExitTimeOut: 90,
      })),
    );
  },
);
if (PYTHON === null) console.log("property lists are not read back: there is no python3 here");

test("a line for crontab runs what was meant, as cron runs it, whatever a folder is called", () => {
  const home = temporaryFolder();
  try {
    for (const name of [...NAMES, ...QUOTES.filter((quote) => !quote.includes("\\"))]) {
      const folder = join(home, name);
      const program = programIn(folder);
      mkdirSync(folder);
      const [bun, ...args] = program.kept;
      writeFileSync(bun, `#!/bin/sh\nprintf '%s\\n' "$PSN_STATE_DIR" "$PWD" "$@"\necho and >&2\n`, { mode: 0o755 });
      const line = crontabLine(program);
      expect(line).toStartWith("@reboot ");
      // The first % without a backslash ends the command; a backslash before one is taken away (crontab(5)).
      const [command = ""] = line.replace("@reboot ", "").split(/(?<!\\)%/);
      Bun.spawnSync(["/bin/sh", "-c", command.replaceAll("\\%", "%")], { cwd: home, env: { HOME: home } });
      expect(readFileSync(program.log, "utf8")).toBe([folder, folder, ...args, "and", ""].join("\n"));
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

test("paths that no description can hold are refused", () => {
  for (const folder of ["/home/ada/line\nbreak", "/home/ada/trailing ", "/home/ada/back\\"]) {
    const surroundings = { env: { PSN_STATE_DIR: folder, PSN_CONFIG_DIR: "/nonexistent" }, home: "/nonexistent" };
    const config = loadConfig({ ...surroundings, cwd: "/" });
    expect(() => serviceProgram(config, surroundings)).toThrow(/can't be told of the path/);
  }
});

test("a service is told of the folders where configuration and state are, and of no setting", () => {
  const secrets = { DATABASE_URL: "postgres://ada:secret@db.invalid/psn", X_CLIENT_SECRET: "secret" };
  const programOf = (env: Record<string, string>, home: string) => {
    const config = loadConfig({ env: { ...env, ...secrets }, home, cwd: "/" });
    return serviceProgram(config, { env: { ...env, ...secrets }, home });
  };
  const usual = programOf({}, "/home/ada");
  expect(Object.keys(usual.env)).toEqual(["HOME", "PSN_STATE_DIR", "PSN_CONFIG_DIR"]);
  expect(usual.unset).toContain("XDG_CONFIG_HOME");
  const own = programOf({ PSN_STATE_DIR: "state", XDG_CONFIG_HOME: "/elsewhere" }, "/nonexistent");
  expect(own.env).toMatchObject({ PSN_STATE_DIR: "/state", XDG_CONFIG_HOME: "/elsewhere", HOME: "/nonexistent" });
  expect(own.unset).not.toContain("XDG_CONFIG_HOME");
  for (const program of [usual, own]) {
    expect(program.unset).toContain("DATABASE_URL");
    expect(JSON.stringify([program.env, program.command, program.kept])).not.toContain("secret");
  }
});

test("each state folder has a service of its own, the same by whichever way it is reached", () => {
  const home = temporaryFolder();
  try {
    for (const name of ["one", "two"]) mkdirSync(join(home, name));
    symlinkSync("one", join(home, "link"));
    const at = (name: string, platform: NodeJS.Platform) =>
      servicePlace({ stateDir: join(home, name) }, { env: {}, home: "/home/ada" }, platform);
    expect(at("one", "linux")?.name).not.toBe(at("two", "linux")?.name ?? "");
    expect(at("link", "linux")).toEqual(at("one", "linux"));
    expect(at("one", "linux")?.file).toMatch(/^\/home\/ada\/.config\/systemd\/user\/psn-worker-[0-9a-f]{8}\.service$/);
    expect(at("one", "darwin")?.file).toMatch(/^\/home\/ada\/Library\/LaunchAgents\/psn\.worker\.[0-9a-f]{8}\.plist$/);
    expect(at("one", "win32")).toBeUndefined();
    const moved = { env: { XDG_CONFIG_HOME: "/etc/ada" }, home: "/home/ada" };
    expect(servicePlace({ stateDir: home }, moved, "linux")?.file).toStartWith("/etc/ada/systemd/user/psn-worker-");
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
