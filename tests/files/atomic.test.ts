import { afterEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { PsnError } from "../../src/core/errors.ts";
import { makePrivateFolder, writeFileAtomically } from "../../src/files/atomic.ts";
import { PROJECT } from "../support/run-psn.ts";
import { CAN_MOUNT, mountSmallDisk, temporaryFolder } from "./support.ts";

const folders: string[] = [];
const umask = process.umask();

function newFolder(): string {
  const folder = temporaryFolder();
  folders.push(folder);
  return folder;
}

afterEach(() => {
  process.umask(umask);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function thrownBy(fn: () => void): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("writing a file atomically", () => {
  test("leaves the whole content with exactly the mode, whatever the umask and the old file's mode", () => {
    const path = join(newFolder(), "secrets.env");
    writeFileSync(path, "old", { mode: 0o644 });
    process.umask(0o277);
    writeFileAtomically(path, "new content");
    expect(readFileSync(path, "utf8")).toBe("new content");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    writeFileAtomically(path, new Uint8Array([1, 2]), 0o644);
    expect(statSync(path).mode & 0o777).toBe(0o644);
  });

  test("never shows a reader a part", async () => {
    const path = join(newFolder(), "file");
    const contents = ["a".repeat(2_000_000), "b".repeat(1_000_000)];
    writeFileAtomically(path, contents[0] ?? "");
    const reader = Bun.spawn([process.execPath, "-e", READER, path], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    for (let i = 1; i < 40; i += 1) writeFileAtomically(path, contents[i % 2] ?? "");
    writeFileAtomically(path, "end");
    expect(await new Response(reader.stdout).text()).toBe("whole\n");
  });

  test("replaces the target of a symlink and keeps the link", () => {
    const folder = newFolder();
    writeFileSync(join(folder, "target"), "old");
    symlinkSync("target", join(folder, "link"));
    writeFileAtomically(join(folder, "link"), "new");
    expect(readFileSync(join(folder, "target"), "utf8")).toBe("new");
  });

  test("leaves nothing behind and names the path when it fails", () => {
    const folder = newFolder();
    mkdirSync(join(folder, "taken"));
    const error = thrownBy(() => writeFileAtomically(join(folder, "taken"), "x"));
    expect(error).toBeInstanceOf(PsnError);
    expect(error).toMatchObject({ code: "state_unwritable", details: { path: join(folder, "taken") } });
    expect(readdirSync(folder)).toEqual(["taken"]);
  });

  test("removes what a writer left that was killed in the middle, and no part that is being written now", async () => {
    const folder = newFolder();
    const path = join(folder, "secrets.env");
    const isPart = (name: string) => /^\.secrets\.env\.\d+-\w+$/.test(name);
    // One that was killed between two writes has left nothing.
    for (let time = 0; time < 20 && !readdirSync(folder).some(isPart); time += 1) {
      const writer = Bun.spawn([process.execPath, "-e", WRITER, path], { stdin: "ignore", stderr: "inherit" });
      while (!readdirSync(folder).some(isPart)) await Bun.sleep(1);
      writer.kill("SIGKILL");
      await writer.exited;
    }
    const [part = "none"] = readdirSync(folder).filter(isPart);
    expect(statSync(join(folder, part)).size).toBeLessThanOrEqual(BIG);
    const others = [".secrets.env.1-of-another-kind", ".other.env.1-abc", "secrets.env.bak"];
    for (const other of others) writeFileSync(join(folder, other), "");

    writeFileAtomically(path, "whole");
    expect(readdirSync(folder).toSorted()).toEqual([part, "secrets.env", ...others].toSorted());
    const longAgo = new Date(Date.now() - 10 * 60_000);
    for (const name of [part, ...others]) utimesSync(join(folder, name), longAgo, longAgo);
    writeFileAtomically(path, "whole");
    expect(readdirSync(folder).toSorted()).toEqual(["secrets.env", ...others].toSorted());
  });

  test.skipIf(!CAN_MOUNT)("says that the disk is full, and keeps the old content", () => {
    const disk = mountSmallDisk(newFolder(), "64k");
    try {
      const path = join(disk.folder, "file");
      writeFileAtomically(path, "old");
      const error = thrownBy(() => writeFileAtomically(path, "x".repeat(200_000)));
      expect(error).toMatchObject({ code: "disk_full", details: { path } });
      expect(readFileSync(path, "utf8")).toBe("old");
      expect(readdirSync(disk.folder)).toEqual(["file"]);
    } finally {
      disk.unmount();
    }
  });
});

describe("making a private folder", () => {
  test("closes it and the folders it had to make to others, whatever the umask", () => {
    const folder = newFolder();
    process.umask(0);
    makePrivateFolder(join(folder, "a", "b"));
    expect(statSync(join(folder, "a")).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "a", "b")).mode & 0o777).toBe(0o700);
  });

  test("leaves a folder that exists as it is", () => {
    const folder = newFolder();
    chmodSync(folder, 0o750);
    makePrivateFolder(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o750);
  });

  test("names the path when a file is in the way", () => {
    const path = join(newFolder(), "file");
    writeFileSync(path, "");
    expect(thrownBy(() => makePrivateFolder(join(path, "folder")))).toMatchObject({
      code: "state_unwritable",
      details: { path: join(path, "folder") },
    });
  });
});

const READER = `
const { readFileSync } = require("node:fs");
for (;;) {
  const text = readFileSync(process.argv.at(-1), "utf8");
  if (text === "end") break;
  const first = text[0];
  const length = first === "a" ? 2000000 : 1000000;
  if (text !== first.repeat(length)) { console.log("torn at", text.length); process.exit(); }
}
console.log("whole");
`;

const BIG = 20_000_000;
const WRITER = `
import { writeFileAtomically } from ${JSON.stringify(join(PROJECT, "src/files/atomic.ts"))};
for (;;) writeFileAtomically(process.argv.at(-1), new Uint8Array(${BIG}));
`;
