import { expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { controlSandbox } from "../../src/sandbox/control.ts";

const MAIN = fileURLToPath(new URL("../../src/sandbox/main.ts", import.meta.url));

test.each(["SIGTERM", "SIGINT"] as const)("as a process it prints its URLs, serves, and ends on %s", async (signal) => {
  const child = Bun.spawn(
    [process.execPath, MAIN, "--account", "ada", "--client-id", "mine", "--client-secret", "hush"],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const { value } = await child.stdout.getReader().read();
  const urls: { url: string; apiUrl: string; authorizeUrl: string } = JSON.parse(new TextDecoder().decode(value));
  expect(urls.authorizeUrl).toBe(`${urls.url}/i/oauth2/authorize`);
  const control = controlSandbox(urls.url);
  const grant = await control.run("grant", {});
  const me = await fetch(`${urls.apiUrl}/2/users/me`, { headers: { authorization: `Bearer ${grant.accessToken}` } });
  expect(await me.json()).toMatchObject({ data: { username: "ada" } });
  const form = new URLSearchParams({ token: grant.accessToken });
  const headers = { authorization: `Basic ${btoa("mine:hush")}` };
  const revoked = await fetch(`${urls.apiUrl}/2/oauth2/revoke`, { method: "POST", headers, body: form });
  expect(await revoked.json()).toEqual({ revoked: true });
  child.kill(signal);
  expect(await child.exited).toBe(0);
});
