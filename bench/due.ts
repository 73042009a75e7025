/** Posts that are all due in the same second on the local engine: how late each request reaches X. */
import { parseArgs } from "node:util";
import { openDatabaseSession } from "../src/cli/support/session.ts";
import { ensureWorker } from "../src/cli/support/worker.ts";
import { loadConfig } from "../src/config/load.ts";
import { approve } from "../src/publishing/approve.ts";
import { saveDraft } from "../src/publishing/write.ts";
import { figure, ms, quantile, signedIn } from "./support.ts";

const { values } = parseArgs({ options: { posts: { type: "string", default: "200" } } });
const count = Number(values.posts);
const { household, control, leave } = await signedIn();
try {
  await control.run("setLimit", { endpoint: "POST /2/tweets", limit: count * 10 });
  const config = loadConfig({ env: household.env, home: household.home, cwd: household.home });
  const session = await openDatabaseSession(config, { max: 4 });
  const drafts = [];
  for (let n = 0; n < count; n++) {
    drafts.push(
      await saveDraft(session.desk, { texts: [`Post ${n} of ${count}, all at once.`], numbered: false, images: [] }),
    );
  }
  const armMs = 30 * count;
  const due = new Date(Math.ceil((Date.now() + armMs + 3_000) / 1000) * 1000);
  const plan = () => ({
    instant: due,
    zone: "UTC",
    wall: due.toISOString().slice(0, 16),
    late: "ask" as const,
    notAfter: null,
  });
  for (const draft of drafts) await approve(session.desk, draft.id, draft.seal, { event: "scheduled", plan });
  if (Date.now() > due.getTime() - 2_000)
    throw new Error("arming took too long for a fair measure; the machine is too busy");
  await ensureWorker(config, session.database.orm);
  const state = await control.until(({ tweets }) => tweets.length >= count, due.getTime() - Date.now() + 60_000);
  const late = state.attempts.map((attempt) => Date.parse(attempt.at) - due.getTime());
  figure(`${count} posts due in one second: lateness p50`, ms(quantile(late, 0.5)), "500 ms");
  figure(`${count} posts due in one second: lateness p99`, ms(quantile(late, 0.99)), "1500 ms");
  figure("earliest", ms(Math.min(...late)));
  if (Math.min(...late) < 0) throw new Error("a post went out before its time");
  await session.close();
} finally {
  await leave();
}
process.exit(0);
