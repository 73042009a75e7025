import { afterAll, beforeAll, expect, test } from "bun:test";
import { Person } from "../support/person.ts";
import { FOLD_DAY, GAP_DAY, NEXT_YEAR, SPRING } from "./dates.ts";
import { ask, atOnce, expectOutcomes, say } from "./outside.ts";

let person: Person;
let id: string;
let seal: string;
beforeAll(async () => {
  person = await Person.arrive({ manyInOne: true, unserved: true });
  ({ id, seal } = await person.draft("On time."));
});
afterAll(() => person.leave());

const schedule = (at: string, ...options: string[]) =>
  ["schedule", id, "--expect", seal, "--at", at, ...options] as const;

interface Said {
  readonly at?: string | undefined;
  readonly local?: string | undefined;
  readonly code?: string;
  readonly message?: string;
  readonly alternatives?: readonly string[] | undefined;
  readonly next?: string | undefined;
}

/** What psn makes of a time when its process has this zone; PSN_TIMEZONE is Europe/Madrid. */
async function somewhere(at: string, TZ = "Pacific/Apia"): Promise<Said> {
  const { json } = await ask(person, schedule(at, "--dry-run"), { env: { TZ } });
  // "in 3 h" and "3 h ago" may tick over between two runs.
  if (json.ok) return { at: json.data.at, local: json.data.local?.replace(/ \(in .*\)$/, "") };
  const { code, message, alternatives, next } = json.error;
  return { code, message: message.replace(/it was .* ago/, ""), alternatives, next };
}

/** The same under three zones of the process, which must not matter. */
async function everywhere(at: string): Promise<Said> {
  const answers = await atOnce(["UTC", "America/New_York", "Pacific/Apia"], (TZ) => somewhere(at, TZ));
  const [first = {}] = answers;
  for (const answer of answers) expect(answer).toEqual(first);
  return first;
}

test("a time that the clocks skip is refused with the next one there is", async () => {
  const gap = await everywhere(`${GAP_DAY} 02:30`);
  const after = `${GAP_DAY}T03:00+02:00`;
  expect(gap).toMatchObject({
    code: "time_gap",
    alternatives: [after],
    next: `psn schedule ${id} --expect ${seal} --at "${after}"`,
  });
  expect(await somewhere(after)).toEqual({
    at: `${GAP_DAY}T01:00:00.000Z`,
    local: expect.stringMatching(/^Sun .* 03:00 Europe\/Madrid$/),
  });
});

test("a time that comes twice is refused with both, and either can be chosen", async () => {
  const fold = await everywhere(`${FOLD_DAY} 02:30`);
  const both = [`${FOLD_DAY}T02:30+02:00`, `${FOLD_DAY}T02:30+01:00`];
  expect(fold).toMatchObject({ code: "time_fold", alternatives: both });
  expect(await somewhere(both[0] ?? "")).toMatchObject({
    at: `${FOLD_DAY}T00:30:00.000Z`,
    local: expect.stringContaining("02:30+02:00 Europe/Madrid"),
  });
  expect(await somewhere(both[1] ?? "")).toMatchObject({
    at: `${FOLD_DAY}T01:30:00.000Z`,
    local: expect.stringContaining("02:30+01:00 Europe/Madrid"),
  });
});

test("a time that has passed, a day that there is not and words that are no time are refused", async () => {
  expect(await everywhere("2020-01-01 09:00")).toMatchObject({ code: "time_past" });
  expect(await everywhere(`${NEXT_YEAR}-02-31 09:00`)).toMatchObject({ code: "time_invalid" });
  const { next } = await somewhere("now");
  expect(next).toBe(`psn publish ${id} --expect ${seal}`);
  await expectOutcomes(
    person,
    ["3mo", "not a date", "", "tomorrow", "-1", "9am EST", "9999-01-01 09:00", "$(date)"].map((at) => ({
      line: schedule(at),
      ends: "5 time_invalid",
    })),
  );
  await expectOutcomes(
    person,
    ["yesterday 9am", "1999-12-31T23:59Z"].map((at) => ({ line: schedule(at), ends: "5 time_past" })),
  );
  expect(await person.ok(`show ${id}`)).toMatchObject({ status: "draft", scheduledAt: null });
});

test("words mean the configured zone's days, wherever the process believes to be", async () => {
  const { at = "", local } = await everywhere("tomorrow 9am");
  expect(local).toMatch(/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ \w+ \d{4}, 09:00 Europe\/Madrid$/);
  const madrid = new Intl.DateTimeFormat("en-CA", {
    timeZone: "Europe/Madrid",
    dateStyle: "short",
    timeStyle: "short",
    hourCycle: "h23",
  });
  expect(madrid.format(new Date(at))).toEndWith("09:00");
  const hoursAhead = (Date.parse(at) - Date.now()) / 3_600_000;
  expect(hoursAhead).toBeGreaterThan(8);
  expect(hoursAhead).toBeLessThan(34);

  expect(await somewhere(`${NEXT_YEAR}-03-01T09:00`)).toMatchObject({ at: SPRING.instant });
  expect(await somewhere(`${NEXT_YEAR}-03-01T08:00:00Z`)).toMatchObject({ at: SPRING.instant });
  expect(await somewhere(`${NEXT_YEAR}-03-01 09:00 Asia/Tokyo`)).toMatchObject({
    at: `${NEXT_YEAR}-03-01T00:00:00.000Z`,
    local: expect.stringContaining("09:00 Asia/Tokyo"),
  });
});

test("the answer spells out weekday, date, zone and distance, and the zone stays with the post", async () => {
  const { json } = await ask(person, schedule(SPRING.wall));
  expect(json.data).toMatchObject({
    status: "scheduled",
    scheduledAt: SPRING.instant,
    zone: "Europe/Madrid",
    late: "ask",
  });
  expect(json.data.local).toStartWith(SPRING.local);
  expect(json.data.local).toMatch(/\(in \d+ days\)$/);
  expect(json.data.warnings).toContainEqual(expect.objectContaining({ code: "needs_this_machine" }));
  const elsewhere = { env: { PSN_TIMEZONE: "Asia/Tokyo", TZ: "America/New_York" } };
  expect((await ask(person, `show ${id}`, elsewhere)).json.data.local).toStartWith(SPRING.local);
  expect((await say(person, `show ${id}`, elsewhere)).stdout).toContain(SPRING.local);
  // Without a time, the one it has: also in another zone.
  await person.ok(`cancel ${id}`);
  expect((await ask(person, `schedule ${id} --expect ${seal}`, elsewhere)).json.data.local).toStartWith(SPRING.local);
  await person.ok(`cancel ${id}`);
});

test("what psn took for granted about a time is said", async () => {
  const { json } = await ask(person, schedule("9am"));
  expect(json.data.notes).toEqual([expect.stringContaining("9am")]);
  await person.ok(`cancel ${id}`);
});

test("a deadline must lie behind the time and ahead of now, and is kept with the late policy", async () => {
  await expectOutcomes(person, [
    { line: schedule(SPRING.wall, "--not-after", SPRING.wall), ends: "5 time_invalid" },
    { line: schedule(SPRING.wall, "--not-after", `${NEXT_YEAR}-02-28 09:00`), ends: "5 time_invalid" },
    { line: schedule(SPRING.wall, "--not-after", "yesterday 9am"), ends: "5 time_past" },
    { line: schedule(SPRING.wall, "--not-after", "rubbish"), ends: "5 time_invalid" },
    { line: schedule(SPRING.wall, "--late", "sometimes"), ends: "2 usage" },
  ]);
  const { json } = await ask(
    person,
    schedule(SPRING.wall, "--late", "publish", "--not-after", `${NEXT_YEAR}-03-01 10:30`),
  );
  expect(json.data).toMatchObject({ late: "publish" });
  const [row] = await person.database.sql`select late_policy, not_after from posts where id = ${id}`;
  expect(row).toMatchObject({ late_policy: "publish", not_after: new Date(`${NEXT_YEAR}-03-01T09:30:00Z`) });
  await person.ok(`cancel ${id}`);
});

test("without a time zone only an instant is a time", async () => {
  const env = { PSN_TIMEZONE: undefined };
  await expectOutcomes(person, [{ line: schedule("tomorrow 9am"), env, ends: "3 not_set_up" }]);
  const { json } = await ask(person, schedule(`${NEXT_YEAR}-03-01T08:00Z`, "--dry-run"), { env });
  expect(json.data).toMatchObject({ at: SPRING.instant, zone: "UTC" });
});
