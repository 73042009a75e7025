import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PROJECT } from "../support/run-psn.ts";

/** A package with psn's own way to start, and next to nothing to start. */
let tree: string;
const OLD = new Date(Date.now() - 3_600_000);

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), "psn-build-"));
});
afterAll(() => rmSync(tree, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(tree, { recursive: true, force: true });
  for (const file of ["src/cli/post.ts", "src/cli/load.ts", "drizzle/meta/_journal.json", "package.json"]) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    cpSync(join(PROJECT, file), join(tree, file));
  }
  put("src/cli/run.ts", says("sources"));
  put("src/core/deep/inside.ts", "export {};");
  put("node_modules/.package-lock.json", "{}");
  put("dist/0123456789ab/run.js", says("build"));
  age("src", "drizzle", "package.json", "node_modules");
  writeFileSync(
    join(tree, "dist/build.json"),
    JSON.stringify({ folder: "0123456789ab", begun: OLD.getTime() + 60_000 }),
  );
});

const says = (what: string) => `export async function run() { console.log(${JSON.stringify(what)}); }`;

function put(file: string, text: string): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true });
  writeFileSync(join(tree, file), text);
}

/** Everything there was written an hour ago. */
function age(...paths: readonly string[]): void {
  for (const path of paths) {
    const at = join(tree, path);
    const inside = statSync(at).isDirectory() ? readdirSync(at) : [];
    age(...inside.map((name) => join(path, name)));
    utimesSync(at, OLD, OLD);
  }
}

async function started(): Promise<string> {
  const child = Bun.spawn([process.execPath, "--no-env-file", join(tree, "src/cli/post.ts")], { stdin: "ignore" });
  return (await new Response(child.stdout).text()).trim();
}

test("a command starts from the build while nothing is newer", async () => {
  expect(await started()).toBe("build");
});

test.each([
  ["a source was changed", () => put("src/core/deep/inside.ts", "export const changed = 1;")],
  ["a source came", () => put("src/core/deep/another.ts", "export {};")],
  ["a source was removed", () => rmSync(join(tree, "src/core/deep/inside.ts"))],
  ["a package was changed", () => put("node_modules/.package-lock.json", "{ }")],
  ["a migration came", () => put("drizzle/meta/_journal.json", "{}")],
  ["there is no build", () => rmSync(join(tree, "dist"), { recursive: true })],
  ["the build is gone and its note is not", () => rmSync(join(tree, "dist/0123456789ab"), { recursive: true })],
])("it starts from the sources when %s", async (_, happen) => {
  happen();
  expect(await started()).toBe("sources");
});

test("a build is found again when nothing has changed, and the last ones stay for who runs from them", async () => {
  const copy = mkdtempSync(join(tmpdir(), "psn-build-"));
  try {
    for (const part of ["src", "scripts", "drizzle", "package.json", "tsconfig.json", "tsconfig.base.json"])
      cpSync(join(PROJECT, part), join(copy, part), { recursive: true });
    symlinkSync(join(PROJECT, "node_modules"), join(copy, "node_modules"));
    const dist = join(copy, "dist");
    const build = () => Bun.spawn([process.execPath, join(copy, "scripts/build.ts")]).exited;
    const noted = () => Bun.file(join(dist, "build.json")).json();
    expect(await build()).toBe(0);
    const first = await noted();
    // It is the oldest by now. And what a build that was killed has left.
    utimesSync(join(dist, first.folder), OLD, OLD);
    for (const other of ["000000000001", "000000000002", "000000000003", ".making-99999999"])
      mkdirSync(join(dist, other));
    utimesSync(join(dist, "000000000001"), OLD, OLD);

    expect(await build()).toBe(0);
    const second = await noted();
    expect(second.begun).toBeGreaterThan(first.begun);
    const kept = [second.folder, "000000000002", "000000000003", "build.json"].toSorted();
    expect(readdirSync(dist).toSorted()).toEqual(kept);
    // Without its bytecode a part is slower, and nobody would see why.
    const parts = ["run.js", "pg-boss.js", "trigger-sdk.js"];
    expect(readdirSync(join(dist, second.folder)).sort()).toEqual(
      parts.flatMap((part) => [part, `${part}.jsc`]).sort(),
    );
    // The package can be moved, and takes its build with it.
    for (const part of parts) {
      const text = await Bun.file(join(dist, second.folder, part)).text();
      expect(text.includes(copy), part).toBe(false);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});
