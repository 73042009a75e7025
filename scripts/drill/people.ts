import type { Drill } from "./drill.ts";
import type { Scene } from "./scene.ts";

/** The person thinks better of it: what was approved last is what goes out. */
export const PEOPLE: readonly Drill[] = [
  {
    name: "cancel",
    thrown: "cancelled while it goes out",
    means: "psn cancel while X takes the third tweet of five. What is out stays, nothing more goes out.",
    tweets: 5,
    expects: { status: "failed", subStatus: "thread_partial", out: 3 },
    act: cancelled,
  },
  {
    name: "cancel-before",
    thrown: "cancelled before its time",
    means: "psn cancel before the post is due. Its time passes and nothing goes out; the words are kept.",
    tweets: 1,
    expects: { status: "draft", subStatus: null, out: 0 },
    within: 75,
    act: cancelledBefore,
  },
  {
    name: "edit",
    thrown: "edited after scheduling",
    means:
      "The old words do not go out at the old time, and the old seal is refused. The new words go out with the new one.",
    tweets: 1,
    expects: { status: "published", subStatus: null, out: 1 },
    within: 75,
    act: edited,
  },
];

const DUE = "in 10 seconds";
const PAST_DUE_SECONDS = 12;
const CONFLICT = 7;

async function cancelled(scene: Scene): Promise<void> {
  const third = scene.fault({ on: "create", nth: 3, action: { kind: "hold", when: "after" } });
  await scene.publish();
  await scene.held(third);
  const cancel = scene.psn("cancel");
  const sql = await scene.stage.sql();
  await scene.until("it is asked to stop", async () => {
    const asked = await sql`select from events where post_id = ${scene.id} and kind = 'stop_asked'`;
    return asked.length > 0;
  });
  scene.letGo(third);
  scene.check("psn cancel does not say that it is partly out (8)", (await cancel).exit === 8);
}

async function cancelledBefore(scene: Scene): Promise<void> {
  await scene.schedule(DUE);
  const { exit } = await scene.psn("cancel");
  scene.check("psn cancel failed", exit === 0);
  await scene.sleep(PAST_DUE_SECONDS);
}

async function edited(scene: Scene): Promise<void> {
  await scene.schedule(DUE);
  const { data } = (await scene.stage.psn(["edit", scene.id, "--tweet", "1", "--stdin"], `${scene.text(1)} Corrected.`))
    .json;
  scene.check("the edit did not take it off its time", data.status === "draft");
  await scene.sleep(PAST_DUE_SECONDS);
  scene.check("the old words went out", scene.requests().length === 0);
  const old = await scene.psn("publish", "--expect", scene.seal);
  scene.check("the old seal was accepted", old.exit === CONFLICT);
  scene.seal = data.seal;
  await scene.publish();
}
