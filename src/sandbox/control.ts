import type { CatalogueEntry } from "./catalogue.ts";
import type { CommandInput, CommandName, CommandResult } from "./control/commands.ts";
import type { FaultAction } from "./world/fault-script.ts";
import type { SandboxState } from "./world/state.ts";

/** Controls a sandbox over HTTP, from whatever process. Every call throws when the sandbox refuses it. */
export interface SandboxControl {
  /** Runs a command of the sandbox by its name. */
  run<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandResult<Name>>;
  state(): Promise<SandboxState>;
  /** Does what a person does on the consent page; returns the URL that the browser is sent to. */
  decide(authorizeUrl: string, decision?: "approve" | "deny", account?: string): Promise<string>;
  /** Reads the state until it fits; throws after `timeoutMs` (10 s unless told). */
  until(fits: (state: SandboxState) => boolean, timeoutMs?: number): Promise<SandboxState>;
}

/** `url` is the sandbox's own, without a path. */
export function controlSandbox(url: string): SandboxControl {
  async function run<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandResult<Name>> {
    const response = await fetch(`${url}/sandbox/${name}`, { method: "POST", body: JSON.stringify(input) });
    const text = await response.text();
    if (!response.ok) throw new Error(`The sandbox refuses ${name}: ${text}`);
    return JSON.parse(text);
  }
  const state = (): Promise<SandboxState> => run("state", {});
  return {
    run,
    state,
    async decide(authorizeUrl, decision = "approve", account) {
      const page = new URL(authorizeUrl);
      page.searchParams.set("sandbox_decision", decision);
      if (account !== undefined) page.searchParams.set("sandbox_account", account);
      const response = await fetch(page, { redirect: "manual" });
      const location = response.headers.get("location");
      if (location === null) throw new Error(`The consent page sends nobody on: ${await response.text()}`);
      return location;
    },
    async until(fits, timeoutMs = 10_000) {
      const giveUpAt = Date.now() + timeoutMs;
      for (;;) {
        const seen = await state();
        if (fits(seen)) return seen;
        if (Date.now() > giveUpAt) throw new Error(`The sandbox did not come to fit: ${JSON.stringify(seen)}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}

/** The action that answers with an entry of the catalogue; `after` lets the request take effect first. */
export function answering(entry: CatalogueEntry, when: "before" | "after" = "before"): FaultAction {
  const { status, body, contentType } = entry;
  return {
    kind: when === "before" ? "answer" : "answer_after",
    status,
    body,
    headers: { "content-type": contentType },
  };
}
