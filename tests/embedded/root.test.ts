import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { ROOT_STORE, shortHash } from "../../src/embedded/place.ts";
import { fullCommandLine } from "../../src/embedded/postmaster.ts";
import { removeEmbedded } from "../../src/embedded/server.ts";
import { IS_ROOT, PLAIN_USER_CAN_RUN } from "../files/support.ts";
import { packageWithoutLinks, postmastersOf, run, testGround } from "./support.ts";

if (!IS_ROOT) console.log("tests of root's embedded server are skipped: they need root");

const storeBefore = IS_ROOT && existsSync(ROOT_STORE) ? readdirSync(ROOT_STORE) : undefined;
const hidden = (folder: string) => join(folder, "closed", ".psn");
const store = (folder: string) => join(ROOT_STORE, shortHash(hidden(folder)));
const ground = testGround((folder) => [store(folder)]);

afterAll(async () => {
  await ground.removeAll();
  if (!IS_ROOT || !existsSync(ROOT_STORE)) return;
  for (const name of readdirSync(ROOT_STORE).filter((found) => found.startsWith("server-"))) {
    if (storeBefore?.includes(name) !== true) rmSync(join(ROOT_STORE, name), { recursive: true });
  }
  if (storeBefore === undefined && readdirSync(ROOT_STORE).length === 0) rmdirSync(ROOT_STORE);
});

const state = join(ground.folder, ".psn");
const dataDir = join(state, "postgres", "data");

describe.skipIf(!IS_ROOT)("root's embedded server", () => {
  test("runs as a plain user that the system has, with its data in the state folder", async () => {
    const answer = await run(["query", state, "select system_user as who"]);
    expect(answer).toMatchObject({ startedHere: true, rows: [{ who: "peer:root" }] });
    const owner = statSync(dataDir).uid;
    expect(owner).not.toBe(0);
    expect(readFileSync("/etc/passwd", "utf8")).toMatch(new RegExp(`^(postgres|nobody):[^:]*:${owner}:`, "m"));
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    if (process.platform !== "linux") return;
    const status = readFileSync(`/proc/${answer.pid}/status`, "utf8");
    expect(status).toMatch(new RegExp(`^Uid:\\s+${owner}\\s+${owner}\\s+${owner}\\s`, "m"));
    expect(status).toMatch(/^Groups:\s*$/m);
    expect(status).toMatch(/^CapEff:\s+0+$/m);
  });

  test("leaves the state folder, the settings and the log to root alone", () => {
    for (const path of [state, join(state, "postgres")]) {
      expect({ uid: statSync(path).uid, mode: statSync(path).mode & 0o777 }).toEqual({ uid: 0, mode: 0o711 });
    }
    for (const name of ["postgresql.conf", "pg_hba.conf", "pg_ident.conf"]) {
      const stats = statSync(join(state, "postgres", name));
      expect({ uid: stats.uid, mode: stats.mode & 0o777 }).toEqual({ uid: 0, mode: 0o644 });
    }
    expect(statSync(join(state, "postgres.log")).mode & 0o777).toBe(0o600);
  });

  test.skipIf(!PLAIN_USER_CAN_RUN)("lets no other user in, not even the one that it runs as", async () => {
    const host = join(state, "postgres", "run");
    const { uid, gid } = statSync(host);
    const stranger = await run(["connect", host, "select 1"], { uid: 54_321, gid: 54_321 });
    expect(stranger.error?.code).toBe("EACCES");
    const itself = await run(["connect", host, "select 1"], { uid, gid });
    // invalid_authorization_specification: the kernel says who asks.
    expect(itself.error?.code).toBe("28000");
    expect((await run(["connect", host, "select 1 as n"])).rows).toEqual([{ n: 1 }]);
  });

  test("has its data and programs under /var/lib/psn where a closed folder is in the way", async () => {
    const closed = join(ground.folder, "closed");
    mkdirSync(closed, { mode: 0o700 });
    const bare = packageWithoutLinks(join(closed, "package", "native"));
    const answer = await run(["start", hidden(ground.folder), bare]);
    expect(answer).toMatchObject({ startedHere: true, host: join(store(ground.folder), "run") });
    expect(postmastersOf(join(store(ground.folder), "data"))).toEqual([answer.pid]);
    const program = fullCommandLine(answer.pid).split(" -D ")[0] ?? "";
    expect(program.startsWith(`${ROOT_STORE}/server-`)).toBe(true);
    for (const path of [ROOT_STORE, join(program, "..", ".."), join(program, ".."), program]) {
      const stats = lstatSync(path);
      expect({ path, uid: stats.uid, writable: stats.mode & 0o022 }).toEqual({ path, uid: 0, writable: 0 });
    }
    const again = await run(["start", hidden(ground.folder)]);
    expect(again).toMatchObject({ startedHere: false, pid: answer.pid });
    expect(readFileSync(join(store(ground.folder), "state-folder"), "utf8")).toBe(`${hidden(ground.folder)}\n`);
    await removeEmbedded(hidden(ground.folder));
    expect(postmastersOf(join(store(ground.folder), "data"))).toEqual([]);
    expect(existsSync(store(ground.folder))).toBe(false);
  });

  test("names the folder to open when its data were shut off later", async () => {
    for (const pid of postmastersOf(dataDir)) process.kill(pid, "SIGKILL");
    while (postmastersOf(dataDir).length > 0) await Bun.sleep(5);
    chmodSync(state, 0o700);
    const { error } = await run(["start", state]);
    chmodSync(state, 0o711);
    expect(error).toMatchObject({ code: "database_start_failed", next: `chmod o+x '${state}'` });
    expect((await run(["start", state])).startedHere).toBe(true);
  });
});
