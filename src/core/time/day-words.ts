import type { ParsedResult } from "chrono-node/en";
import { wallTime } from "./describe.ts";
import { timeInvalid } from "./errors.ts";
import type { Day, Sense } from "./when.ts";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH = `(${MONTHS.join("|")})[a-z]*\\.?`;
const DAY_MONTH = new RegExp(`^(?:[a-z]+,?\\s+)?(\\d{1,2})(?:st|nd|rd|th)?(?:\\s+of)?\\s+${MONTH}(?:,?\\s+(\\d{4}))?$`);
const MONTH_DAY = new RegExp(`^(?:[a-z]+,?\\s+)?${MONTH}\\s+(\\d{1,2})(?:st|nd|rd|th)?(?:,?\\s+(\\d{4}))?$`);

/** Words that chrono turns into some day, where a person would have to say which. */
const VAGUE = /\b(?:weekend|weekday|few|half|several|couple|about|around|roughly|approximately|just)\b/;
const VAGUE_PERIOD = /^(?:this|next|last|past)\s+(?:week|month|quarter|year)$/;

/**
 * A day in English words: "tomorrow", "next friday", "24 Nov", "in 3 days". chrono finds the words; what they come to is
 * settled elsewhere, in the configured zone. Its arithmetic runs in the process's zone, so it is asked about noon of the
 * configured zone's date, an hour that every zone has, and only for whole days: the answer is the same everywhere.
 * @throws PsnError time_invalid naming the part that is not understood
 */
export async function readDayInWords(text: string, { zone, now }: Sense): Promise<Day> {
  const { casual } = await import("chrono-node/en");
  const [year = 0, month = 1, day = 1] = wallTime(now, zone).slice(0, 10).split("-").map(Number);
  const asked = text.replace(/\b(?:the\s+)?day after tomorrow\b/, "overmorrow");
  const [result, another] = casual.parse(asked, new Date(year, month - 1, day, 12));
  if (result === undefined) return readMonthDay(text) ?? refuse(text, zone);

  const unread = `${asked.slice(0, result.index)} ${asked.slice(result.index + result.text.length)}`;
  const leftOver = unread.replace(/^[\s,]+|[\s,.]+$/g, "").replace(/^(?:on|the)$/, "");
  if (leftOver !== "") throw notUnderstood(leftOver, zone);
  if (another !== undefined || result.end) throw timeInvalid(`“${text}” is more than one day: give one.`, { zone });
  if (result.start.isCertain("hour") || result.start.isCertain("timezoneOffset")) return refuse(text, zone);
  return dayOf(result, text, zone);
}

function dayOf(result: ParsedResult, text: string, zone: string): Day {
  const { start } = result;
  const date = { year: start.get("year") ?? 0, month: start.get("month") ?? 0, day: start.get("day") ?? 0 };
  const isRelative = start.tags().has("result/relativeDate");
  const named = start.get("weekday");
  const weekday = named === null || isRelative ? {} : { weekday: named };
  if (VAGUE.test(text) || VAGUE_PERIOD.test(text)) {
    throw timeInvalid(`“${text}” does not name a day: give the weekday or the date.`, { zone });
  }

  if (start.isCertain("day") && start.isCertain("month")) {
    if (!isRelative) checkNumbers(text, date, zone);
    if (start.isCertain("year")) return { kind: "date", ...date, ...weekday };
    return { kind: "yearless", month: date.month, day: date.day, ...weekday };
  }
  if (named !== null && start.isCertain("weekday") && !start.isCertain("month")) {
    checkNumbers(text, { year: 0, day: 0 }, zone);
    if (!/\b(?:next|last|past)\b/.test(text)) return { kind: "weekday", weekday: named };
    const shown = [date.year, date.month, date.day].map((part) => String(part).padStart(2, "0")).join("-");
    return { kind: "date", ...date, note: `“${text}” is read as ${shown}.` };
  }
  throw timeInvalid(`“${text}” does not name a day: give the weekday or the date.`, { zone });
}

/** Every number of the text must have become the day or the year: "24 nov 26" is no day of the year 2026 to everyone. */
function checkNumbers(text: string, date: { year: number; day: number }, zone: string): void {
  for (const digits of text.match(/\d+/g) ?? []) {
    const isRead = Number(digits) === date.day || (digits.length === 4 && Number(digits) === date.year);
    if (!isRead) throw notUnderstood(digits, zone);
  }
}

/** chrono drops a date that does not exist, such as 31 February; read here, it can be said why. */
function readMonthDay(text: string): Day | undefined {
  const dayFirst = DAY_MONTH.exec(text);
  const monthFirst = MONTH_DAY.exec(text);
  const [day, name, year] = dayFirst?.slice(1) ?? [monthFirst?.[2], monthFirst?.[1], monthFirst?.[3]];
  if (day === undefined || name === undefined) return undefined;
  const date = { month: MONTHS.indexOf(name) + 1, day: Number(day) };
  return year === undefined ? { kind: "yearless", ...date } : { kind: "date", year: Number(year), ...date };
}

function notUnderstood(part: string, zone: string): Error {
  const hint = /^\d{1,4}$/.test(part) ? " Write a time as 9am or 21:00, and a year with four digits." : "";
  return timeInvalid(`“${part}” is not understood.${hint}`, { zone });
}

function refuse(text: string, zone: string): never {
  throw notUnderstood(text, zone);
}
