import { accessToken } from "./access.ts";
import { type End, type Run, wait } from "./context.ts";

/** An engine may ring this early, so that a post is ready when its time comes; an earlier ring is put off. */
const EARLY_MS = 5_000;

/** Gets ready, and waits for the post's very instant. */
export async function untilDue(run: Run): Promise<End | undefined> {
  const { parts, post } = run;
  const due = post.row.alarmAt ?? parts.now();
  const early = () => due.getTime() - parts.now().getTime();
  if (early() > EARLY_MS) return wait(due, post.row.subStatus);
  if (early() <= 0) return undefined;
  const access = await accessToken(run);
  if (access.kind === "end") return access.end;
  while (early() > 0) await parts.sleep(early());
  return undefined;
}
