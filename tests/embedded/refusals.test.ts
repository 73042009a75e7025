import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { embeddedStatus, startEmbedded, stopEmbedded } from "../../src/embedded/server.ts";
import {
  asPlainUser,
  CAN_MOUNT,
  IS_ROOT,
  mountSmallDisk,
  PLAIN_USER_CAN_RUN,
  type SmallDisk,
} from "../files/support.ts";
import { plainFolder, run, testGround } from "./support.ts";

const ground = testGround();
afterAll(() => ground.removeAll());

function newFolder(name: string): string {
  return plainFolder(join(ground.folder, name));
}

/** A data folder that looks like one of another PostgreSQL; none of these tests gets as far as serving it. */
function stateWithData(name: string, version: string): string {
  const state = newFolder(name);
  const data = join(state, "postgres", "data");
  for (const folder of [join(state, "postgres"), data]) plainFolder(folder);
  chmodSync(data, 0o700);
  writeFileSync(join(data, "PG_VERSION"), `${version}\n`);
  if (asPlainUser.uid !== undefined) chownSync(join(data, "PG_VERSION"), asPlainUser.uid, asPlainUser.gid ?? 0);
  return state;
}

const start = (state: string) => run(["start", state], asPlainUser);

describe.skipIf(!PLAIN_USER_CAN_RUN)("the embedded server says in one sentence", () => {
  test("that the state folder can't be made", async () => {
    const parent = newFolder("closed");
    chmodSync(parent, 0o555);
    const { error } = await start(join(parent, ".psn"));
    expect(error).toMatchObject({ code: "state_unwritable" });
    expect(error?.message).toContain(`psn can't write ${join(parent, ".psn")} (EACCES)`);
    expect(error?.next).toContain("PSN_STATE_DIR");
  });

  test("that the state folder can't be written", async () => {
    const state = newFolder("read-only");
    chmodSync(state, 0o555);
    const { error } = await start(state);
    expect(error).toMatchObject({ code: "state_unwritable" });
    expect(error?.message).toContain(state);
  });

  test.skipIf(!IS_ROOT)("that the state folder belongs to somebody else", async () => {
    const state = join(ground.folder, "of-root");
    mkdirSync(state, { mode: 0o777 });
    chmodSync(state, 0o777);
    const { error } = await start(state);
    expect(error).toMatchObject({ code: "state_unwritable" });
    expect(error?.message).toContain(`${state} belongs to user root, and psn runs as user ${asPlainUser.uid}.`);
  });

  test.skipIf(!IS_ROOT)("that the data belong to somebody else", async () => {
    const state = stateWithData("data-of-root", "18");
    chownSync(join(state, "postgres", "data"), 0, 0);
    const { error } = await start(state);
    expect(error).toMatchObject({ code: "state_unwritable" });
    expect(error?.message).toContain(`${join(state, "postgres", "data")} belongs to user root`);
  });

  test("that others could change the folder with the data", async () => {
    const state = stateWithData("open", "18");
    chmodSync(join(state, "postgres"), 0o777);
    const { error } = await start(state);
    expect(error).toMatchObject({
      code: "state_unwritable",
      next: `chmod go-w '${join(state, "postgres")}'`,
    });
  });

  test("that the data are of a newer PostgreSQL", async () => {
    const state = stateWithData("newer", "99");
    const { error } = await start(state);
    expect(error).toMatchObject({ code: "database_newer", next: expect.stringContaining("update psn") });
    expect(error?.message).toContain("PostgreSQL 99");
  });

  test("that the data are of an older PostgreSQL", async () => {
    const { error } = await start(stateWithData("older", "17"));
    expect(error).toMatchObject({
      code: "database_start_failed",
      next: expect.stringContaining("begin with an empty database"),
    });
    expect(error?.message).toContain("PostgreSQL 17");
  });

  test("that the data folder is none", async () => {
    const state = stateWithData("none", "18");
    rmSync(join(state, "postgres", "data", "PG_VERSION"));
    const { error } = await start(state);
    expect(error).toMatchObject({ code: "database_start_failed" });
    expect(error?.message).toContain("is no PostgreSQL data folder");
  });

  test("what the server said when it does not start", async () => {
    const state = stateWithData("broken", "18");
    const { error } = await start(state);
    expect(error).toMatchObject({ code: "database_start_failed", next: "psn setup status" });
    expect(error?.message).toContain("The embedded database does not start: could not find the database system.");
  });

  test.skipIf(!IS_ROOT)("that its user has no name on this machine", async () => {
    const nameless = { uid: 54_321, gid: 54_321 };
    const parent = join(ground.folder, "nameless");
    mkdirSync(parent);
    chownSync(parent, nameless.uid, nameless.gid);
    const { error } = await run(["start", join(parent, ".psn")], nameless);
    expect(error).toMatchObject({ code: "database_start_failed", next: expect.stringContaining("/etc/passwd") });
    expect(error?.message).toContain("User 54321 has no name");
  });

  test("that no PostgreSQL is where it should be", async () => {
    const { error } = await run(
      ["start", newFolder("no-programs"), join(ground.folder, "nowhere", "native")],
      asPlainUser,
    );
    expect(error).toMatchObject({ code: "database_start_failed", next: expect.stringContaining("npm ci") });
  });
});

describe.skipIf(!CAN_MOUNT)("on a full disk the embedded server", () => {
  let disk: SmallDisk;
  beforeAll(() => {
    const folder = join(ground.folder, "disk");
    mkdirSync(folder);
    disk = mountSmallDisk(folder, "20m");
  });
  afterAll(() => disk.unmount());

  const start = () => startEmbedded({ stateDir: join(disk.folder, ".psn") }).catch((thrown: unknown) => thrown);
  const says = { code: "disk_full", retryable: true, next: expect.stringContaining("space") };

  test("says so at the first start, and leaves nothing that looks finished", async () => {
    expect(await start()).toMatchObject(says);
    expect(embeddedStatus(join(disk.folder, ".psn"))).toEqual({ state: "absent" });
  });

  test("says so at a later start, and starts when there is room again", async () => {
    disk.resize("64m");
    expect(await start()).toMatchObject({ startedHere: true });
    await stopEmbedded(join(disk.folder, ".psn"));
    const filler = join(disk.folder, "filler");
    Bun.spawnSync(["dd", "if=/dev/zero", `of=${filler}`, "bs=64k"], { stdio: ["ignore", "ignore", "ignore"] });
    expect(await start()).toMatchObject(says);
    rmSync(filler);
    expect(await start()).toMatchObject({ startedHere: true });
    await stopEmbedded(join(disk.folder, ".psn"));
  });
});

describe("asking about a server, or stopping one, where none ever was", () => {
  test("changes nothing", async () => {
    const state = join(ground.folder, "never");
    expect(embeddedStatus(state)).toEqual({ state: "absent" });
    await stopEmbedded(state);
    expect(embeddedStatus(state)).toEqual({ state: "absent" });
  });
});
