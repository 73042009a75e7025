import { z } from "zod";
import type { Config } from "../../../config/load.ts";
import type { PsnError } from "../../../core/errors.ts";
import type { Secret } from "../../../core/secret.ts";
import { noAnswer, notLinked, otherProject, refusedKey } from "./errors.ts";
import { type Kind, kindOfKey } from "./key.ts";

/** One environment of one project at Trigger.dev, and the key to it. */
export interface Link extends Kind {
  readonly projectRef: string;
  readonly secretKey: Secret;
  /** Without a slash at the end. */
  readonly apiUrl: string;
}

/** Throws PsnError `config_invalid` for a key that is of no use to psn. */
export function linkTo(projectRef: string, secretKey: Secret, apiUrl: string): Link {
  return { projectRef, secretKey, apiUrl, ...kindOfKey(secretKey.reveal(), projectRef) };
}

/** What psn is linked to. Throws PsnError `not_set_up`, or `config_invalid`. */
export function linkOf({ trigger }: Config): Link {
  const { projectRef, secretKey, apiUrl } = trigger;
  if (projectRef === undefined || secretKey === undefined) throw notLinked();
  return linkTo(projectRef, secretKey, apiUrl);
}

const TIMEOUT_MS = 10_000;
/** Trigger.dev makes none of this kind. */
const NO_RUN = "run_psnasksforarunthatnobodyhas";
const refusal = z.object({ error: z.string() });

/**
 * Tries the key with the call that the engine itself depends on, for a run that does not exist: a good key gets 404 and
 * `{"error":"Not found"}`, a wrong one 401 (recorded at 4.5.12). Throws PsnError `config_invalid` or `engine_unavailable`.
 */
export async function proveKey(link: Link): Promise<void> {
  const { status, body } = await get(link, `/api/v3/runs/${NO_RUN}`);
  if (status === 401 || status === 403) throw refusedKey(link.projectRef, link.apiUrl);
  // Any web server answers 404: this one has to speak like Trigger.dev.
  if (status !== 404 || !refusal.safeParse(body).success) throw noAnswer(link.apiUrl, `HTTP ${status}`);
}

/**
 * Whether the key is one of this project: its variables are asked for, whose values nobody keeps. False where the key's
 * rights, or the server, leave it open. Throws PsnError `config_invalid` for another project's, or `engine_unavailable`.
 */
export async function proveProject(link: Link): Promise<boolean> {
  const { status, body } = await get(link, `/api/v1/projects/${link.projectRef}/envvars/${link.slug}`);
  const refused = refusal.safeParse(body);
  if (status === 400 && refused.success && /project ref/i.test(refused.data.error)) throw otherProject(link.projectRef);
  return status === 200 && Array.isArray(body);
}

async function get({ apiUrl, secretKey }: Link, path: string): Promise<{ status: number; body: unknown }> {
  try {
    const response = await fetch(`${apiUrl}${path}`, {
      headers: { authorization: `Bearer ${secretKey.reveal()}` },
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, body: jsonOf(await response.text()) };
  } catch (error) {
    throw unreachable(apiUrl, error);
  }
}

function unreachable(apiUrl: string, error: unknown): PsnError {
  if (!(error instanceof Error)) throw error;
  return noAnswer(apiUrl, "code" in error ? String(error.code) : error.name, error);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // A page of something else: the status and the missing body tell.
  }
}
