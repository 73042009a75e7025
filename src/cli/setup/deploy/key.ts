import type { PsnError } from "../../../core/errors.ts";
import { wrongKey } from "./errors.ts";

/** An environment of a project at Trigger.dev in which runs are kept and executed for good. */
type Environment = "production" | "staging" | "preview";

export interface Kind {
  readonly environment: Environment;
  /** What the API calls it in its paths. */
  readonly slug: "prod" | "stg" | "preview";
  /** What the Trigger.dev CLI calls it: `deploy --env`. */
  readonly option: "prod" | "staging" | "preview";
}

/** The beginnings of the keys of environments, as the CLI of 4.8.3 tells them apart. */
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ["prod", { environment: "production", slug: "prod", option: "prod" }],
  ["stg", { environment: "staging", slug: "stg", option: "staging" }],
  ["preview", { environment: "preview", slug: "preview", option: "preview" }],
]);

/** The environment that a key belongs to. Throws PsnError `config_invalid` for what starts no runs, or loses them. */
export function kindOfKey(key: string, project = "PROJECT_REF"): Kind {
  const reason = unfit(key);
  if (reason !== undefined) throw wrongKey(reason, project);
  const kind = KINDS.get(/^tr_([a-z]+)_\S+$/.exec(key)?.[1] ?? "");
  if (kind === undefined) throw wrongKey("That is no key of an environment: those begin with tr_prod_.", project);
  return kind;
}

/** Keys that Trigger.dev gives out for something else. */
function unfit(key: string): PsnError["message"] | undefined {
  if (key.startsWith("tr_dev_")) {
    return "That is a development key: its runs expire ten minutes after their time, unless `trigger dev` is running.";
  }
  if (key.startsWith("tr_pat_")) return "That is a personal access token: it deploys, and starts no runs.";
  if (key.startsWith("tr_oat_")) return "That is an organization's access token: it starts no runs.";
  if (key.startsWith("pk_")) return "That is a public key: it starts no runs.";
  return undefined;
}
