import { firstIdAt } from "../../platforms/x/reconciliation.ts";
import { accessToken } from "./access.ts";
import type { End, Run } from "./context.ts";
import { hold, lift } from "./holds.ts";

/** Whether X answers again is tried by a read that finds nothing and costs nothing, not by a tweet. */
export async function tryToRead(run: Run): Promise<End | undefined> {
  const { parts, account } = run;
  const access = await accessToken(run);
  if (access.kind === "end") return access.end;
  if (access.kind === "again") return undefined;
  const answer = await parts.x.ownTimeline(
    { accessToken: access.value.token },
    { userId: account.xUserId, maxResults: 5, sinceId: firstIdAt(parts.now()) },
  );
  if (!answer.ok && answer.failure.class === "safe") return hold(run, "x_unreachable");
  await lift(run, "x_unreachable");
  return undefined;
}
