import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { PsnError } from "../../../src/core/errors.ts";
import { wallTime } from "../../../src/core/time/describe.ts";
import { parseWhen, type When } from "../../../src/core/time/parse.ts";
import { instantOf } from "../../../src/core/time/resolve.ts";
import { anyText } from "../../support/any-text.ts";
import { CASES, lineOf } from "./cases.ts";

/** A Tuesday, 10:03 in New York. */
const NOW = new Date("2026-11-24T15:03:27.400Z");
const zone = "America/New_York";

const read = (text: string): Promise<When> => parseWhen(text, { zone, now: NOW });

async function refusal(text: string, now = NOW): Promise<PsnError> {
  const error = await parseWhen(text, { zone, now }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof PsnError) return error;
  throw error ?? new Error(`“${text}” was not refused`);
}

test.each(CASES.map((one) => [one.text, one.zone, one] as const))("“%s” in %s", async (_text, _zone, one) => {
  expect(await lineOf(one)).toBe(one.line);
});

describe("a time that was taken says what it took for granted", () => {
  test.each([
    ["9am", ["“9am” names no day: the next 09:00 is on 2026-11-25."]],
    ["next friday at 14:30", ["“next friday” is read as 2026-12-04."]],
    ["tomorrow 5:30", ["“5:30” is read as 05:30; for pm write 5:30pm."]],
    ["1 jan 9am", ["The year is taken to be 2027."]],
    ["tomorrow 9am", []],
    ["2026-11-25 9:00", []],
  ])("“%s”", async (text, notes) => {
    expect([...(await read(text)).notes]).toEqual(notes);
  });
});

describe("a refusal says what is wrong in one sentence and what to run", () => {
  test.each([
    ["tomorrow foo 9am", "“foo” is not understood."],
    ["tomorrow", "“tomorrow” has no time of day: give one too, such as “tomorrow 9am”."],
    ["03/04/2027 9am", "“03/04/2027” is 3 April 2027 or 4 March 2027: write 2027-04-03 or 2027-03-04."],
    ["2027-02-31 9am", "There is no 31 February 2027: that month has 28 days."],
    ["tomorrow 25:00", "There is no 25:00."],
    ["tomorrow at 9", "“at 9” can be am or pm."],
    ["fri 25 nov 9am", "25 November 2026 is a Wednesday, not a Friday."],
    ["2026-11-23 09:00", "2026-11-23 09:00 America/New_York has passed: it was 25 h ago."],
    ["2027-03-14 02:30", "2027-03-14 02:30 does not exist in America/New_York: the clocks go from 02:00 to 03:00."],
    [
      "2027-11-07 01:30",
      "2027-11-07 01:30 comes twice in America/New_York, as the clocks go back: choose 2027-11-07T01:30-04:00 or 2027-11-07T01:30-05:00.",
    ],
  ])("“%s”", async (text, message) => {
    expect((await refusal(text)).message).toBe(message);
  });

  test("the command has the first alternative, and every alternative is taken when it is pasted", async () => {
    for (const { text, zone: home, now, line } of CASES) {
      const [code = "", list = ""] = line.split(/: ?(.*)/);
      if (!/^time_/.test(code)) continue;
      const sense = { zone: home, now: new Date(now) };
      const error = await parseWhen(text, sense).catch((thrown: unknown) => thrown);
      if (!(error instanceof PsnError)) throw new Error(`“${text}” was not refused`);
      expect(error.exit).toBe(5);
      expect(error.next).toMatch(/^psn (?:schedule|publish) ID --expect SEAL/);

      const alternatives = list === "" ? [] : list.split(", ");
      const [first] = alternatives;
      if (first !== undefined) expect(error.next).toBe(`psn schedule ID --expect SEAL --at "${first}"`);
      for (const alternative of alternatives) {
        const { instant } = await parseWhen(alternative, sense);
        expect(instant.getTime()).toBe(Date.parse(alternative));
      }
    }
  });

  test("where psn has no time to offer, the command has a blank, since it may be run as it stands", async () => {
    for (const text of ["tomorrow", "asdf", "tomorrow foo 9am", "next week 9am", "9am 10am", "yesterday"]) {
      expect((await refusal(text)).next).toMatch(/--at "(?:2026-11-25|YYYY-MM-DD)THH:MM"$/);
    }
    expect((await refusal("tomorrow 9am EST")).next).toEndWith('--at "tomorrow 9am America/New_York"');
    expect((await refusal("tomorrow 9am Europe/Madird")).next).toEndWith('--at "tomorrow 9am Europe/Madrid"');
    expect((await refusal('tomorrow $(id)" 9am EST')).next).toEndWith('--at "YYYY-MM-DDTHH:MM"');
  });

  test("now is no time to schedule at: it is published", async () => {
    for (const text of ["now", "right now", "in 0 seconds"]) {
      expect((await refusal(text)).next).toBe("psn publish ID --expect SEAL");
    }
  });

  test("a wrong configured zone is told before anything else", async () => {
    const error = await parseWhen("tomorrow 9am", { zone: "EST", now: NOW }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "zone_invalid", next: "psn setup timezone America/New_York" });
  });
});

test("two years ahead is the furthest, to the minute", async () => {
  expect((await read("2028-11-24 10:03")).wall).toBe("2028-11-24T10:03");
  expect((await refusal("2028-11-24 10:04")).message).toContain("more than two years ahead");
});

test("the very moment is past, and the next second is not", async () => {
  const now = new Date("2026-11-25T14:00:00Z");
  expect((await refusal("2026-11-25 09:00", now)).code).toBe("time_past");
  const when = await parseWhen("2026-11-25 09:00", { zone, now: new Date(now.getTime() - 1) });
  expect(when.instant).toEqual(now);
});

test("whatever is typed, the answer is a time ahead that its wall time and zone name, or a refusal", async () => {
  const words = `tomorrow today tonight fri next last this week 9am 9:30 21:00 25:00 at on in 3 days 20 minutes nov 24 2026
    31 feb 2027-03-14 02:30 03/04/2027 noon midnight morning night and or to - , . @ Europe/Madrid UTC EST +02:00 Z am pm
    ago from now the after before 2nd o'clock [UTC] (in 3 days) 1/2 half an hour every 2027-11-07T01:30 -05:00 😀 ٣`;
  const typed = fc.oneof(
    fc.array(fc.constantFrom(...words.split(/\s+/)), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(" ")),
    anyText({ maxLength: 140 }),
  );
  await fc.assert(
    fc.asyncProperty(typed, async (text) => {
      try {
        const when = await read(text);
        expect(when.instant > NOW && when.instant < new Date("2028-11-25")).toBe(true);
        expect(when.wall).toBe(wallTime(when.instant, when.zone));
        expect(instantOf(when.wall, when.zone, when.instant)).toEqual(when.instant);
      } catch (error) {
        if (!(error instanceof PsnError)) throw error;
        expect(error.code).toMatch(/^(?:time|zone)_/);
        expect(error.next).toStartWith("psn ");
      }
    }),
    { numRuns: 800 },
  );
}, 30_000);
