import { spawn } from "node:child_process";
import { readEnvironment } from "../../config/environment.ts";

/** How long a program may take to say that there is no browser. */
const FAILS_WITHIN_MS = 300;

/** Opens an address where a person sits: false over SSH, without a display, or when nothing could be started. */
export async function openInBrowser(url: string): Promise<boolean> {
  const { env } = readEnvironment();
  if (env["SSH_CONNECTION"] !== undefined || env["CI"] !== undefined) return false;
  const program = browserProgram(env);
  if (program === undefined) return false;
  // The address is an argument of its own, and no shell sees it. It holds no secret: state and challenge are made public by it.
  const child = spawn(program, [url], { detached: true, stdio: "ignore" });
  const ended = new Promise<boolean>((resolve) => {
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
  });
  child.unref();
  return await Promise.race([ended, Bun.sleep(FAILS_WITHIN_MS).then(() => true)]);
}

function browserProgram(env: Readonly<Record<string, string | undefined>>): string | undefined {
  if (process.platform === "darwin") return "/usr/bin/open";
  if (env["DISPLAY"] === undefined && env["WAYLAND_DISPLAY"] === undefined) return undefined;
  return Bun.which("xdg-open", { PATH: env["PATH"] ?? "" }) ?? undefined;
}
