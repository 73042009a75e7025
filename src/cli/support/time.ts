import { PsnError } from "../../core/errors.ts";
import type { When } from "../../core/time/when.ts";
import type { Post } from "../../db/posts.ts";
import type { Cli } from "./cli.ts";
import { machineZone } from "./machineZone.ts";
import { naming } from "./next.ts";

/** Reads a time in the configured zone; the command that an error proposes names the post. */
export async function parseTime(cli: Cli, text: string, post: Post): Promise<When> {
  const zone = cli.config.timezone ?? (/(?:Z|[+-]\d\d:?\d\d)$/i.test(text.trim()) ? "UTC" : undefined);
  if (zone === undefined) {
    throw new PsnError("not_set_up", "psn does not know your time zone yet.", {
      next: `psn setup timezone ${machineZone()}`,
    });
  }
  const { parseWhen } = await import("../../core/time/parse.ts");
  try {
    return await parseWhen(text, { zone, now: cli.now() });
  } catch (error) {
    throw naming(error, post);
  }
}
