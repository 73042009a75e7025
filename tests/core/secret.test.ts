import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { inspect } from "node:util";
import { revealed, Secret } from "../../src/core/secret.ts";

const VALUE = "hunter2-hunter2";
const secret = new Secret(VALUE);
const holder = { tokens: { accessToken: secret, list: [secret] }, map: new Map([["token", secret]]) };

describe("a secret", () => {
  test("gives its value to who asks for it by name", () => {
    expect(secret.reveal()).toBe(VALUE);
    expect(revealed(secret)).toBe(VALUE);
    expect(revealed(VALUE)).toBe(VALUE);
  });

  test.each([
    ["a template string", `${secret}`],
    ["concatenation", `a${String(secret)}`],
    ["JSON", JSON.stringify(holder)],
    ["an inspector", inspect(secret)],
    ["an inspector of what holds it", inspect(holder, { depth: 9, showHidden: true })],
    ["Bun's inspector of what holds it", Bun.inspect(holder)],
    ["an error that names it", String(new Error(`refused: ${secret}`))],
    ["its own keys", Object.entries(secret).join()],
    ["a copy", inspect({ ...secret })],
    ["a structured clone", JSON.stringify(structuredClone(secret))],
  ])("does not show in %s", (_where, printed) => {
    expect(printed).not.toContain(VALUE);
  });

  test("says that something is there", () => {
    expect(`${secret}`).toBe("[secret]");
    expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}');
  });

  test("does not show in console output of a real process", () => {
    const script = `
      import { Secret } from ${JSON.stringify(new URL("../../src/core/secret.ts", import.meta.url).pathname)};
      const secret = new Secret("hunter2" + "-hunter2");
      console.log(secret, { secret }, [secret], new Map([["a", secret]]), "%s %o %j", secret);
      console.error("%o", { a: { b: { c: { d: secret } } } });
      console.table([{ secret }]);
      console.dir({ secret });
    `;
    const { stdout, stderr, status } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    expect(status).toBe(0);
    expect(stdout).toContain("[secret]");
    expect(stdout + stderr).not.toContain(VALUE);
  });
});
