import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { describeWhen, distance, isoTime, wallTime } from "../../../src/core/time/describe.ts";

const NOW = new Date("2026-11-23T13:00:00Z");
const after = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

describe("describeWhen", () => {
  test.each([
    ["2026-11-24T14:00:00Z", "America/Lima", "Tue 24 Nov 2026, 09:00 America/Lima (in 25 h)"],
    ["2026-11-23T13:00:40Z", "UTC", "Mon 23 Nov 2026, 13:00:40 UTC (in 40 s)"],
    ["2026-12-31T18:30:00Z", "Asia/Kolkata", "Fri 1 Jan 2027, 00:00 Asia/Kolkata (in 38 days)"],
    ["2026-11-23T11:00:00Z", "Pacific/Apia", "Tue 24 Nov 2026, 00:00 Pacific/Apia (2 h ago)"],
    ["2026-09-05T12:00:00Z", "Europe/London", "Sat 5 Sep 2026, 13:00 Europe/London (79 days ago)"],
  ])("says %s in %s as one line", (instant, zone, line) => {
    expect(describeWhen(new Date(instant), zone, NOW)).toBe(line);
  });

  test("tells the two times apart that the clocks show twice, and only those", () => {
    const line = (instant: string, zone: string) => describeWhen(new Date(instant), zone, NOW);
    expect(line("2027-11-07T05:30:00Z", "America/New_York")).toStartWith(
      "Sun 7 Nov 2027, 01:30-04:00 America/New_York",
    );
    expect(line("2027-11-07T06:30:00Z", "America/New_York")).toStartWith(
      "Sun 7 Nov 2027, 01:30-05:00 America/New_York",
    );
    expect(line("2027-11-07T04:59:00Z", "America/New_York")).toStartWith("Sun 7 Nov 2027, 00:59 America/New_York");
    expect(line("2027-11-07T07:00:00Z", "America/New_York")).toStartWith("Sun 7 Nov 2027, 02:00 America/New_York");
    expect(line("2027-04-03T14:45:00Z", "Australia/Lord_Howe")).toContain("01:45+11:00 Australia/Lord_Howe");
    expect(line("2027-10-31T02:30:00Z", "Antarctica/Troll")).toContain("02:30+00:00 Antarctica/Troll");
  });
});

describe("distance", () => {
  test.each([
    [0, "now"],
    [0.4, "now"],
    [40, "in 40 s"],
    [-40, "40 s ago"],
    [59.7, "in 1 min"],
    [180, "in 3 min"],
    [119 * 60, "in 119 min"],
    [7200, "in 2 h"],
    [-7200, "2 h ago"],
    [25 * 3600, "in 25 h"],
    [48 * 3600 - 1, "in 2 days"],
    [5 * 86_400, "in 5 days"],
    [-400 * 86_400, "400 days ago"],
  ])("of %d seconds is “%s”", (seconds, text) => {
    expect(distance(NOW, after(seconds))).toBe(text);
  });
});

describe("wallTime and isoTime", () => {
  test("show seconds only where there are any, and never fractions", () => {
    expect(wallTime(new Date("2026-11-24T14:00:00.999Z"), "America/Lima")).toBe("2026-11-24T09:00");
    expect(wallTime(new Date("2026-11-24T14:00:07Z"), "America/Lima")).toBe("2026-11-24T09:00:07");
    expect(wallTime(new Date("2026-11-24T05:00:00Z"), "America/Lima")).toBe("2026-11-24T00:00");
  });

  test("write the offset of that moment", () => {
    expect(isoTime(new Date("2026-01-24T14:00:00Z"), "America/New_York")).toBe("2026-01-24T09:00-05:00");
    expect(isoTime(new Date("2026-07-24T14:00:00Z"), "America/New_York")).toBe("2026-07-24T10:00-04:00");
    expect(isoTime(new Date("2026-07-24T14:00:00Z"), "Asia/Kathmandu")).toBe("2026-07-24T19:45+05:45");
    expect(isoTime(new Date("2026-07-24T14:00:00Z"), "UTC")).toBe("2026-07-24T14:00+00:00");
  });

  test("isoTime names its instant for every zone and second", () => {
    const zones = Intl.supportedValuesOf("timeZone");
    const seconds = fc.integer({ min: Date.UTC(2025, 0) / 1000, max: Date.UTC(2038, 0) / 1000 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), seconds, (zone, second) => {
        expect(Date.parse(isoTime(new Date(second * 1000), zone))).toBe(second * 1000);
      }),
      { numRuns: 3000 },
    );
  });
});
