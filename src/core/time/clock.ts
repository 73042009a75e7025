import { timeInvalid } from "./errors.ts";
import type { Clock, Reading, TimeOfDay } from "./when.ts";

/** Digits that begin here: the 30 of "9:30" and the 11 of "24.11." are not hours. */
const FIRST = "(?<![\\d:./,+-])";
const HALF = new RegExp(`${FIRST}(\\d{1,2})(?:[:.](\\d{2}))?(?::(\\d{2}))?\\s*([ap])\\.?m(?:\\.|\\b)`, "g");
const DIGITS = new RegExp(`${FIRST}(\\d{1,2}):(\\d{2})(?::(\\d{2}))?(?![\\d:])`, "g");
const BARE = /(?:\bat\s+|@\s*)(\d{1,2})(?:\s*o'?clock)?\b(?![:./-]?\d)|(?<![\d:./-])(\d{1,2})\s*o'?clock\b/g;
const WORD = /\b(?:noon|midday|midnight)\b/g;
const PART = /\b(?:(?:in the |this )?(morning|afternoon|evening)|(?:at )?(night)|(tonight))\b/;

type Part = "morning" | "afternoon" | "evening" | "night";

/** The hours of twelve that a part of the day leaves no doubt about. */
const PARTS: Readonly<Record<Part, { first: number; last: number; isPm: boolean }>> = {
  morning: { first: 1, last: 11, isPm: false },
  afternoon: { first: 0, last: 6, isPm: true },
  evening: { first: 4, last: 11, isPm: true },
  night: { first: 6, last: 11, isPm: true },
};

const on = (time: TimeOfDay, daysLater: 0 | 1 = 0): Reading => ({ ...time, daysLater });
const atHour = (hour: number, minute = 0): TimeOfDay => ({ hour, minute, second: 0 });

/** What the numbers add up to: 25:00 is 01:00 of the next day, 9:75 is 10:15. */
function carried({ hour, minute }: TimeOfDay): Reading {
  const minutes = hour * 60 + minute;
  return on(atHour(Math.floor(minutes / 60) % 24, minutes % 60), minutes >= 1440 ? 1 : 0);
}

function clockOf(said: string, time: TimeOfDay): Clock {
  const { hour, minute, second } = time;
  if (hour <= 23 && minute <= 59 && second <= 59) return { kind: "time", said, time };
  const why = hour === 24 && minute === 0 ? `“${said}” is 00:00 of the day after.` : `There is no ${said}.`;
  return { kind: "unclear", said, why, readings: [carried(time)] };
}

function eitherHalf(said: string, { hour, minute }: TimeOfDay, why = `“${said}” can be am or pm.`): Clock {
  const early = hour % 12;
  return { kind: "unclear", said, why, readings: [on(atHour(early, minute)), on(atHour(early + 12, minute))] };
}

/** A time without am or pm, beside a part of the day: "tonight at 8" is 20:00. */
function clockIn(part: Part, said: string, time: TimeOfDay): Clock {
  const { first, last, isPm } = PARTS[part];
  const ofTwelve = time.hour % 12;
  const isOnClock24 = time.hour > 12 || (time.hour === 0 && !isPm);
  const isOfPart = ofTwelve >= first && ofTwelve <= last;
  if (time.hour > 23) return clockOf(said, time);
  if (isOnClock24 && time.hour >= 12 === isPm) return clockOf(said, time);
  if (isOfPart && !isOnClock24) return clockOf(said, { ...time, hour: ofTwelve + (isPm ? 12 : 0) });
  const why = `“${said}” and “${part}” do not name one time.`;
  if (part !== "night") return eitherHalf(said, time, why);
  return {
    kind: "unclear",
    said,
    why,
    readings: [on(atHour(ofTwelve, time.minute), 1), on(atHour(12 + ofTwelve, time.minute))],
  };
}

function readHalf(match: RegExpExecArray, part: Part | undefined): Clock {
  const [said, hour, minute = "0", second = "0", half] = match;
  const time: TimeOfDay = { hour: Number(hour), minute: Number(minute), second: Number(second) };
  if (time.hour < 1 || time.hour > 12) {
    return { kind: "unclear", said, why: `There is no ${said}.`, readings: [carried(time)] };
  }
  const isPm = half === "p";
  if (part !== undefined && PARTS[part].isPm !== isPm) {
    return eitherHalf(said, time, `“${said}” and “${part}” contradict each other.`);
  }
  return clockOf(said, { ...time, hour: (time.hour % 12) + (isPm ? 12 : 0) });
}

function readDigits(match: RegExpExecArray, part: Part | undefined): Clock {
  const [said, hour, minute, second = "0"] = match;
  const time: TimeOfDay = { hour: Number(hour), minute: Number(minute), second: Number(second) };
  if (part !== undefined) return clockIn(part, said, time);
  const clock = clockOf(said, time);
  const isShort = clock.kind === "time" && /^[1-9]:/.test(said) && /[a-z]/.test(match.input);
  return isShort ? { ...clock, note: `“${said}” is read as 0${said}; for pm write ${said}pm.` } : clock;
}

function readBare(match: RegExpExecArray, part: Part | undefined): Clock {
  const [text, afterAt, beforeOClock] = match;
  const said = text.trim();
  const time = atHour(Number(afterAt ?? beforeOClock));
  if (part !== undefined) return clockIn(part, said, time);
  return time.hour === 0 || time.hour > 12 ? clockOf(said, time) : eitherHalf(said, time);
}

function readWord(match: RegExpExecArray, part: Part | undefined): Clock {
  const [said] = match;
  if (said !== "midnight") {
    if (part === undefined || part === "afternoon") return clockOf(said, atHour(12));
    return { kind: "unclear", said, why: `“${said}” and “${part}” contradict each other.`, readings: [on(atHour(12))] };
  }
  const why = "“midnight” can be where the day begins or where it ends.";
  return { kind: "unclear", said, why, readings: [on(atHour(0)), on(atHour(0), 1)] };
}

const READERS = [
  [HALF, readHalf],
  [DIGITS, readDigits],
  [BARE, readBare],
  [WORD, readWord],
] as const;

/** Stands where the time of day stood, so that what was on its two sides is not read as one: "12 21:00 may". */
const TAKEN = " ; ";

/**
 * Takes the time of day out of a text in lower case, and leaves the day, with a semicolon where the time was. "9:30" is
 * 09:30; an hour without minutes needs am or pm, or a part of the day that leaves no doubt ("tonight at 8").
 * @throws PsnError time_invalid when there are two times
 */
export function takeClock(text: string, zone: string): { clock: Clock | undefined; rest: string } {
  const partMatch = PART.exec(text);
  const part = partOf(partMatch);
  let rest = text;
  if (partMatch !== null) rest = text.replace(PART, /^(?:this|tonight)/.test(partMatch[0]) ? " today " : " ");

  const found: Clock[] = [];
  for (const [pattern, read] of READERS) {
    for (const match of rest.matchAll(pattern)) found.push(read(match, part));
    rest = rest.replace(pattern, TAKEN);
  }
  const [clock, another] = found;
  if (clock !== undefined && another !== undefined) {
    throw timeInvalid(`“${clock.said}” and “${another.said}” are two times: give one.`, { zone });
  }
  const anotherPart = PART.exec(rest);
  if (anotherPart !== null) throw timeInvalid(`“${anotherPart[0]}” is not understood.`, { zone });
  return { clock, rest };
}

function partOf(match: RegExpExecArray | null): Part | undefined {
  if (match === null) return undefined;
  const [, name] = match;
  return name === "morning" || name === "afternoon" || name === "evening" ? name : "night";
}
