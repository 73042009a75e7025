import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nextOutput, temporaryFolder } from "../files/support.ts";

/** A tree as npm makes it, with command lines that only say how they were called. */
const tree = temporaryFolder();
const SAYS = `
  if (process.argv.includes("wait")) {
    process.on("SIGTERM", () => process.exit(42));
    setInterval(() => undefined, 1000);
  }
  console.log(JSON.stringify({ file: import.meta.file, args: process.argv.slice(2), env: process.env.FROM_DOTENV }));
  if (process.argv.includes("fail")) process.exit(7);
`;

function installBun(kind: "usual" | "scripts blocked" | "none"): void {
  rmSync(join(tree, "node_modules"), { recursive: true, force: true });
  if (kind === "none") return;
  const bin = join(tree, "node_modules", "bun", "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "..", "package.json"), "{}");
  if (kind === "usual") {
    symlinkSync(process.execPath, join(bin, "bun.exe"));
    return;
  }
  writeFileSync(join(bin, "bun.exe"), "echo Bun's postinstall script was not run >&2; exit 1", { mode: 0o755 });
  const cpu = process.arch === "arm64" ? "aarch64" : process.arch;
  const platform = join(tree, "node_modules", "@oven", `bun-${process.platform}-${cpu}`);
  mkdirSync(join(platform, "bin"), { recursive: true });
  writeFileSync(join(platform, "package.json"), "{}");
  symlinkSync(process.execPath, join(platform, "bin", "bun"));
}

function psn(...args: string[]) {
  return Bun.spawn([Bun.which("node") ?? "node", join(tree, "bin", "psn.mjs"), ...args], {
    cwd: join(tree, "elsewhere"),
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function outcome(child: ReturnType<typeof psn>) {
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, said: out === "" ? undefined : JSON.parse(out), err };
}

describe.skipIf(Bun.which("node") === null)("the psn command", () => {
  beforeAll(() => {
    for (const folder of ["bin", "src/cli", "elsewhere"]) mkdirSync(join(tree, folder), { recursive: true });
    copyFileSync(fileURLToPath(new URL("../../bin/psn.mjs", import.meta.url)), join(tree, "bin", "psn.mjs"));
    for (const name of ["post", "setup", "worker"]) writeFileSync(join(tree, "src", "cli", `${name}.ts`), SAYS);
    writeFileSync(join(tree, "elsewhere", ".env"), "FROM_DOTENV=foreign");
    writeFileSync(join(tree, "elsewhere", "bunfig.toml"), 'preload = ["./foreign.ts"]');
    writeFileSync(join(tree, "elsewhere", "foreign.ts"), 'console.log("foreign code ran")');
    chmodSync(join(tree, "bin", "psn.mjs"), 0o755);
    installBun("usual");
  });
  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  test("hands setup and worker to their own command lines, and all else to post", async () => {
    const called = await Promise.all([
      outcome(psn("setup", "status", "--json")),
      outcome(psn("worker", "run")),
      outcome(psn("draft", "--file", "a b.txt")),
      outcome(psn()),
    ]);
    expect(called.map(({ said }) => [said.file, said.args])).toEqual([
      ["setup.ts", ["status", "--json"]],
      ["worker.ts", ["run"]],
      ["post.ts", ["draft", "--file", "a b.txt"]],
      ["post.ts", []],
    ]);
  });

  test("takes no .env and no preload of the folder it is called in", async () => {
    const { said, code } = await outcome(psn("status"));
    expect(said.env).toBeUndefined();
    expect(code).toBe(0);
  });

  test("ends with the command's exit code", async () => {
    expect((await outcome(psn("fail"))).code).toBe(7);
  });

  test("passes signals on, and ends as the command does", async () => {
    const polite = psn("wait");
    await nextOutput(polite.stdout);
    polite.kill("SIGTERM");
    expect(await polite.exited).toBe(42);
    const interrupted = psn("wait");
    await nextOutput(interrupted.stdout);
    interrupted.kill("SIGINT");
    expect(await interrupted.exited).toBe(130);
  });

  test("finds Bun's program where install scripts were blocked", async () => {
    installBun("scripts blocked");
    expect((await outcome(psn("status"))).said.file).toBe("post.ts");
  });

  test("says what to do where there is no Bun", async () => {
    installBun("none");
    const { code, err } = await outcome(psn("status"));
    expect(code).toBe(3);
    expect(err).toBe("psn needs Bun, which npm installs beside it, and found none. Next: npm ci\n");
  });
});
