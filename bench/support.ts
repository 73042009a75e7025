import { controlSandbox, type SandboxControl } from "../src/sandbox/control.ts";
import { type Sandbox, startSandbox } from "../src/sandbox/server.ts";
import { Household } from "../tests/support/household.ts";

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The value that `q` of all lie at or below (nearest rank). */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

/** Prints one figure with what it is held against. */
export function figure(name: string, value: string, aim?: string): void {
  console.log(`${name.padEnd(58)} ${value.padStart(12)}${aim === undefined ? "" : `   aim: ${aim}`}`);
}

/** Times a whole process in milliseconds, from its start to its end. */
export async function timed(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const before = performance.now();
  const child = Bun.spawn([...argv], { env, stdin: "ignore", stdout: "ignore", stderr: "inherit" });
  const exit = await child.exited;
  if (exit !== 0) throw new Error(`${argv.join(" ")} ended with ${exit}`);
  return performance.now() - before;
}

/** A signed-in psn on the embedded database (fsync on), with X on loopback in this process. */
export async function signedIn(
  env: Readonly<Record<string, string>> = {},
): Promise<{ household: Household; sandbox: Sandbox; control: SandboxControl; leave: () => Promise<void> }> {
  const sandbox = await startSandbox();
  const control = controlSandbox(sandbox.url);
  const household = new Household({
    PSN_TIMEZONE: "UTC",
    X_CLIENT_ID: "sandbox-client",
    X_CLIENT_SECRET: "sandbox-secret",
    X_API_URL: sandbox.apiUrl,
    X_AUTHORIZE_URL: sandbox.authorizeUrl,
    ...env,
  });
  const start = await household.psn("setup x-auth start --json");
  const redirect = await control.decide(start.json.data.url);
  const finish = await household.psn("setup x-auth finish --stdin --json", redirect);
  if (finish.exit !== 0) throw new Error(finish.stdout);
  return {
    household,
    sandbox,
    control,
    leave: async () => {
      await household.leave();
      await sandbox.stop();
    },
  };
}
