import { PsnError } from "../../../src/core/errors.ts";
import { parseWhen } from "../../../src/core/time/parse.ts";

/**
 * Texts and what they come to, one line each, so that a child process in another zone or runtime can be held against the
 * same lines: "WALL ZONE INSTANT" for a time, or "CODE: alternative, alternative" for a refusal.
 */
export interface Case {
  text: string;
  zone: string;
  /** ISO */
  now: string;
  line: string;
}

function block(zone: string, now: string, rows: readonly (readonly [string, string])[]): Case[] {
  return rows.map(([text, line]) => ({ text, zone, now, line }));
}

/** A Tuesday, 10:03:27 in New York. */
const TUESDAY = "2026-11-24T15:03:27.400Z";

const ny = (wall: string, instant: string): string => `${wall} America/New_York ${instant}`;

export const CASES: readonly Case[] = [
  ...block("America/New_York", TUESDAY, [
    // digits
    ["2026-11-25 09:00", ny("2026-11-25T09:00", "2026-11-25T14:00:00Z")],
    ["2026-11-25T09:00", ny("2026-11-25T09:00", "2026-11-25T14:00:00Z")],
    ["2026-11-25T09:00:30", ny("2026-11-25T09:00:30", "2026-11-25T14:00:30Z")],
    ["2026-11-25T09:00-05:00", ny("2026-11-25T09:00", "2026-11-25T14:00:00Z")],
    ["2026-11-25T14:00Z", ny("2026-11-25T09:00", "2026-11-25T14:00:00Z")],
    ["2026-11-25T13:59:59.5Z", ny("2026-11-25T09:00", "2026-11-25T14:00:00Z")],
    ["2026-11-25T15:00+01:00", ny("2026-11-25T09:00", "2026-11-25T14:00:00Z")],
    ["2026-11-25T09:00-05:00[America/New_York]", ny("2026-11-25T09:00", "2026-11-25T14:00:00Z")],
    ["25.11.2026 9:00", ny("2026-11-25T09:00", "2026-11-25T14:00:00Z")],
    ["11/25/2026 9am", ny("2026-11-25T09:00", "2026-11-25T14:00:00Z")],
    ["24.12. 18:00", ny("2026-12-24T18:00", "2026-12-24T23:00:00Z")],
    ["04/04/2027 9:00", ny("2027-04-04T09:00", "2027-04-04T13:00:00Z")],
    ["wed 2026-11-25 21:00", ny("2026-11-25T21:00", "2026-11-26T02:00:00Z")],
    // words
    ["tomorrow 9am", ny("2026-11-25T09:00", "2026-11-25T14:00:00Z")],
    ["9 A.M. Tomorrow", ny("2026-11-25T09:00", "2026-11-25T14:00:00Z")],
    ["tomorrow at 21", ny("2026-11-25T21:00", "2026-11-26T02:00:00Z")],
    ["tomorrow 12am", ny("2026-11-25T00:00", "2026-11-25T05:00:00Z")],
    ["noon tomorrow", ny("2026-11-25T12:00", "2026-11-25T17:00:00Z")],
    ["the day after tomorrow at 9am", ny("2026-11-26T09:00", "2026-11-26T14:00:00Z")],
    ["next friday at 14:30", ny("2026-12-04T14:30", "2026-12-04T19:30:00Z")],
    ["fri 9am", ny("2026-11-27T09:00", "2026-11-27T14:00:00Z")],
    ["tue 9am", ny("2026-12-01T09:00", "2026-12-01T14:00:00Z")],
    ["tue 11am", ny("2026-11-24T11:00", "2026-11-24T16:00:00Z")],
    ["monday next week 9am", ny("2026-11-30T09:00", "2026-11-30T14:00:00Z")],
    ["tonight at 8", ny("2026-11-24T20:00", "2026-11-25T01:00:00Z")],
    ["tonight at 8:30", ny("2026-11-24T20:30", "2026-11-25T01:30:00Z")],
    ["this afternoon at 3", ny("2026-11-24T15:00", "2026-11-24T20:00:00Z")],
    ["tomorrow morning at 9", ny("2026-11-25T09:00", "2026-11-25T14:00:00Z")],
    ["friday night at 11", ny("2026-11-27T23:00", "2026-11-28T04:00:00Z")],
    ["wed, 25 nov 2026 at 9 pm", ny("2026-11-25T21:00", "2026-11-26T02:00:00Z")],
    ["Nov 25th, 9am", ny("2026-11-25T09:00", "2026-11-25T14:00:00Z")],
    ["1 jan 9am", ny("2027-01-01T09:00", "2027-01-01T14:00:00Z")],
    ["29 feb 9am", ny("2028-02-29T09:00", "2028-02-29T14:00:00Z")],
    ["in 3 days at 9am", ny("2026-11-27T09:00", "2026-11-27T14:00:00Z")],
    ["9am", ny("2026-11-25T09:00", "2026-11-25T14:00:00Z")],
    ["11am", ny("2026-11-24T11:00", "2026-11-24T16:00:00Z")],
    ["Tue 1 Dec 2026, 09:00 America/New_York (in 7 days)", ny("2026-12-01T09:00", "2026-12-01T14:00:00Z")],
    // elapsed time
    ["in 20 minutes", ny("2026-11-24T10:23:28", "2026-11-24T15:23:28Z")],
    ["in half an hour", ny("2026-11-24T10:33:28", "2026-11-24T15:33:28Z")],
    ["in an hour and a half", ny("2026-11-24T11:33:28", "2026-11-24T16:33:28Z")],
    ["in 1h30m", ny("2026-11-24T11:33:28", "2026-11-24T16:33:28Z")],
    ["90 minutes from now", ny("2026-11-24T11:33:28", "2026-11-24T16:33:28Z")],
    ["+45s", ny("2026-11-24T10:04:13", "2026-11-24T15:04:13Z")],
    // a zone of its own
    ["tomorrow 9am Europe/Madrid", "2026-11-25T09:00 Europe/Madrid 2026-11-25T08:00:00Z"],
    ["2026-11-25 09:00 UTC", "2026-11-25T09:00 UTC 2026-11-25T09:00:00Z"],
    ["2026-11-25T09:00-04:00[America/New_York]", "time_invalid: 2026-11-25T08:00-05:00"],
    ["tomorrow 9am Europe/Madird", "zone_invalid: Europe/Madrid"],
    ["tomorrow 9am EST", "time_invalid:"],
    ["tomorrow 9am +02:00", "time_invalid:"],
    // more than one reading
    ["03/04/2027 09:00", "time_invalid: 2027-04-03T09:00-04:00, 2027-03-04T09:00-05:00"],
    ["5/6 18:00", "time_invalid: 2027-06-05T18:00-04:00, 2027-05-06T18:00-04:00"],
    ["24.11.26 9:00", "time_invalid:"],
    ["25 nov 26 9am", "time_invalid:"],
    ["tomorrow at 9", "time_invalid: 2026-11-25T09:00-05:00, 2026-11-25T21:00-05:00"],
    ["tonight at 1", "time_invalid: 2026-11-25T01:00-05:00, 2026-11-24T13:00-05:00"],
    ["tonight at 9am", "time_invalid: 2026-11-24T21:00-05:00"],
    ["friday evening noon", "time_invalid: 2026-11-27T12:00-05:00"],
    ["friday morning evening 9:30", "time_invalid:"],
    ["12 21:00 may", "time_invalid:"],
    ["in half a month 9am", "time_invalid:"],
    ["friday midnight", "time_invalid: 2026-11-27T00:00-05:00, 2026-11-28T00:00-05:00"],
    ["midnight", "time_invalid: 2026-11-25T00:00-05:00"],
    ["fri 25 nov 9am", "time_invalid: 2026-11-25T09:00-05:00, 2026-11-27T09:00-05:00"],
    ["9am 10am", "time_invalid:"],
    ["friday to sunday 9am", "time_invalid:"],
    ["next week 9am", "time_invalid:"],
    ["november 9am", "time_invalid:"],
    ["in a few days 9am", "time_invalid:"],
    // something missing, something too many
    ["tomorrow", "time_invalid:"],
    ["tonight", "time_invalid:"],
    ["in 3 days", "time_invalid:"],
    ["2026-11-25", "time_invalid:"],
    ["", "time_invalid:"],
    ["asdf", "time_invalid:"],
    ["tomorrow foo 9am", "time_invalid:"],
    ["tomorrow after 9am", "time_invalid:"],
    ["every day 9am", "time_invalid:"],
    ["friday 13 9am", "time_invalid:"],
    ["tomorrow 0900", "time_invalid:"],
    ["1795618800", "time_invalid:"],
    ["now", "time_invalid:"],
    ["in 0 minutes", "time_invalid:"],
    // no such time
    ["2027-02-31 09:00", "time_invalid: 2027-02-28T09:00-05:00, 2027-03-01T09:00-05:00"],
    ["2027-02-31T09:00Z", "time_invalid: 2027-02-28T04:00-05:00, 2027-03-01T04:00-05:00"],
    ["31 feb 9am", "time_invalid: 2027-02-28T09:00-05:00, 2027-03-01T09:00-05:00"],
    ["31 april 2027 9am", "time_invalid: 2027-04-30T09:00-04:00, 2027-05-01T09:00-04:00"],
    ["2027-24-11 09:00", "time_invalid: 2027-11-24T09:00-05:00"],
    ["2026-11-25 25:00", "time_invalid: 2026-11-26T01:00-05:00"],
    ["2026-11-25T25:00Z", "time_invalid: 2026-11-25T20:00-05:00"],
    ["25:00", "time_invalid: 2026-11-25T01:00-05:00"],
    ["tomorrow 24:00", "time_invalid: 2026-11-26T00:00-05:00"],
    ["tomorrow 9:75", "time_invalid: 2026-11-25T10:15-05:00"],
    ["tomorrow 13pm", "time_invalid: 2026-11-25T13:00-05:00"],
    ["2026-11-25T09:00+99:00", "time_invalid:"],
    // behind, or too far ahead
    ["2026-11-23 09:00", "time_past: 2026-11-25T09:00-05:00"],
    ["2026-11-23 11:00", "time_past: 2026-11-24T11:00-05:00"],
    ["2026-11-24T10:03:27-05:00", "time_past: 2026-11-25T10:03:27-05:00"],
    ["today 9am", "time_past: 2026-11-25T09:00-05:00"],
    ["24 nov 9am", "time_past: 2026-11-25T09:00-05:00, 2027-11-24T09:00-05:00"],
    ["5 minutes ago", "time_past: 2026-11-25T09:58:28-05:00"],
    ["last friday 9am", "time_past: 2026-11-25T09:00-05:00"],
    ["yesterday", "time_past:"],
    ["2036-11-25 09:00", "time_invalid: 2026-11-25T09:00-05:00"],
    ["in 20000 hours", "time_invalid: 2027-03-06T18:03:28-05:00"],
    // the clocks change
    ["2027-03-14 02:30", "time_gap: 2027-03-14T03:00-04:00"],
    ["2027-03-14 01:59", ny("2027-03-14T01:59", "2027-03-14T06:59:00Z")],
    ["2027-03-14 03:00", ny("2027-03-14T03:00", "2027-03-14T07:00:00Z")],
    ["2027-11-07 01:30", "time_fold: 2027-11-07T01:30-04:00, 2027-11-07T01:30-05:00"],
    ["2027-11-07T01:30-04:00", ny("2027-11-07T01:30", "2027-11-07T05:30:00Z")],
    ["2027-11-07T01:30-05:00", ny("2027-11-07T01:30", "2027-11-07T06:30:00Z")],
    ["2027-11-07 02:00", ny("2027-11-07T02:00", "2027-11-07T07:00:00Z")],
  ]),
  // The evening before the clocks jump, and then between the two 01:30s.
  ...block("America/New_York", "2026-03-08T04:00:00Z", [
    ["2:30am", "time_gap: 2026-03-08T03:00-04:00"],
    ["tomorrow 2:30am", "time_gap: 2026-03-08T03:00-04:00"],
    ["in 4 hours", ny("2026-03-08T04:00", "2026-03-08T08:00:00Z")],
    ["in 24 hours", ny("2026-03-09T00:00", "2026-03-09T04:00:00Z")],
  ]),
  ...block("America/New_York", "2026-11-01T05:45:00Z", [
    ["today 1:30am", "time_fold: 2026-11-01T01:30-05:00"],
    ["in 30 minutes", ny("2026-11-01T01:15", "2026-11-01T06:15:00Z")],
    ["1:30am", "time_fold: 2026-11-01T01:30-05:00"],
  ]),
  // Wall times that the process's own zone skips: New York's 02:30 and Lord Howe's 02:15.
  ...block("UTC", "2026-03-08T02:30:00Z", [
    ["in 20 minutes", "2026-03-08T02:50 UTC 2026-03-08T02:50:00Z"],
    ["tomorrow 9am", "2026-03-09T09:00 UTC 2026-03-09T09:00:00Z"],
    ["today 2:45am", "2026-03-08T02:45 UTC 2026-03-08T02:45:00Z"],
    ["sun 2:40am", "2026-03-08T02:40 UTC 2026-03-08T02:40:00Z"],
  ]),
  ...block("Australia/Lord_Howe", "2026-10-03T14:00:00Z", [
    ["2026-10-04 02:15", "time_gap: 2026-10-04T02:30+11:00"],
    ["2027-04-04 01:45", "time_fold: 2027-04-04T01:45+11:00, 2027-04-04T01:45+10:30"],
  ]),
  // Days that differ between the zone and the process: Apia is a day ahead of Niue.
  ...block("Pacific/Apia", "2026-11-24T10:30:00Z", [
    ["tomorrow 9am", "2026-11-25T09:00 Pacific/Apia 2026-11-24T20:00:00Z"],
    ["today 23:45", "2026-11-24T23:45 Pacific/Apia 2026-11-24T10:45:00Z"],
    ["wed 9am", "2026-11-25T09:00 Pacific/Apia 2026-11-24T20:00:00Z"],
  ]),
  ...block("Pacific/Niue", "2026-11-24T10:30:00Z", [
    ["tomorrow 9am", "2026-11-24T09:00 Pacific/Niue 2026-11-24T20:00:00Z"],
    ["monday 23:45", "2026-11-23T23:45 Pacific/Niue 2026-11-24T10:45:00Z"],
    ["next monday 9am", "2026-11-30T09:00 Pacific/Niue 2026-11-30T20:00:00Z"],
  ]),
  // The last hour of a year and of a leap February.
  ...block("Asia/Kolkata", "2027-12-31T18:15:00Z", [
    ["tomorrow 9am", "2028-01-01T09:00 Asia/Kolkata 2028-01-01T03:30:00Z"],
    ["1 jan 9am", "2028-01-01T09:00 Asia/Kolkata 2028-01-01T03:30:00Z"],
    ["31 dec 23:50", "2027-12-31T23:50 Asia/Kolkata 2027-12-31T18:20:00Z"],
    ["31 dec 23:30", "time_past: 2028-01-01T23:30+05:30, 2028-12-31T23:30+05:30"],
  ]),
  ...block("Europe/London", "2028-02-28T23:30:00Z", [
    ["tomorrow 9am", "2028-02-29T09:00 Europe/London 2028-02-29T09:00:00Z"],
    ["29 feb 9am", "2028-02-29T09:00 Europe/London 2028-02-29T09:00:00Z"],
  ]),
];

/** The line of a text, as `Case.line` has it. */
export async function lineOf({ text, zone, now }: Omit<Case, "line">): Promise<string> {
  try {
    const when = await parseWhen(text, { zone, now: new Date(now) });
    return `${when.wall} ${when.zone} ${when.instant.toISOString().replace(".000Z", "Z")}`;
  } catch (error) {
    if (!(error instanceof PsnError)) throw error;
    const offered = error.details?.["alternatives"] ?? error.details?.["suggestions"];
    const list = Array.isArray(offered) ? offered.join(", ") : "none";
    return `${error.code}: ${list}`.trim();
  }
}
