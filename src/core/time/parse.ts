import { takeClock } from "./clock.ts";
import { hasNumericDate, readNumericDay } from "./day-numbers.ts";
import { readDayInWords } from "./day-words.ts";
import { timeInvalid, timeIsNow, zoneInvalidInTime } from "./errors.ts";
import { readInstant, wholeSecond } from "./instant.ts";
import { ABBREVIATIONS } from "./places.ts";
import { settle, settleInstant } from "./settle.ts";
import { readSpan } from "./span.ts";
import type { Day, Sense, When } from "./when.ts";
import { checkZone, findZone } from "./zone.ts";

export type { When } from "./when.ts";

const LONGEST = 120;
const NOW = /^(?:right )?now$|^immediately$|^at once$|^asap$/;
const NAMED_ZONE = /\s*(?:\[([^\]]+)\]|\s([A-Za-z]+(?:\/[A-Za-z_-]+)+|UTC))$/i;
/** What `describeWhen` puts behind a time, so that a shown time can be pasted back. */
const SHOWN_DISTANCE = /\s*\((?:now|in [^)]*|[^)]* ago)\)$/;

/**
 * Reads a time to publish at. Taken: an instant ("2026-11-24T09:00-05:00", "…Z"), a wall time of the zone
 * ("2026-11-24 09:00", "24.11.2026 9:00"), words ("tomorrow 9am", "next friday at 14:30", "tonight at 8", "9am"), elapsed
 * time ("in 20 minutes"), and a city zone of its own behind any of them ("tomorrow 9am Europe/Madrid"). What can be read
 * in two ways is refused with both. The answer depends on the arguments alone, never on the process's zone.
 * @param zone the configured zone; a zone in the text wins over it and is the one frozen in `When.zone`
 * @throws PsnError time_invalid, time_past, time_gap, time_fold, zone_invalid; `details.alternatives` lists instants to
 * take instead, as ISO with offset, and `next` is the command with the first of them
 */
export async function parseWhen(text: string, { zone, now }: Sense): Promise<When> {
  const home = checkZone(zone);
  const typed = text.normalize("NFKC").replace(/\s+/g, " ").trim().replace(SHOWN_DISTANCE, "");
  if (typed === "") throw timeInvalid("No time was given.", { zone: home });
  if (typed.length > LONGEST) throw timeInvalid("That is too long to be a time.", { zone: home });

  const named = NAMED_ZONE.exec(typed);
  const said = (named === null ? typed : typed.slice(0, named.index)).toLowerCase();
  const sense = { zone: named === null ? home : zoneIn(named, said), now };
  if (NOW.test(said)) throw timeIsNow(sense.zone);

  const instant = readInstant(said, sense, named !== null);
  if (instant !== undefined) return settleInstant(instant, [], sense);
  refuseOtherZones(said, sense.zone);
  const span = readSpan(said);
  if (span !== undefined) {
    if (span.milliseconds === 0) throw timeIsNow(sense.zone);
    const distance = span.isBack ? -span.milliseconds : span.milliseconds;
    return settleInstant(wholeSecond(now.getTime() + distance), [], sense);
  }
  const { clock, rest } = takeClock(said.replace(/^(\d{4}-\d{1,2}-\d{1,2})t(?=\d)/, "$1 "), sense.zone);
  const day = await readDay(tidied(rest), sense);
  return settle(said, day, clock, sense);
}

function zoneIn(named: RegExpExecArray, said: string): string {
  const found = findZone(named[1] ?? named[2] ?? "");
  if ("zone" in found) return found.zone;
  throw zoneInvalidInTime(found, said);
}

/** What taking the time of day out leaves around the day: "on 24 nov at ," */
const tidied = (rest: string): string =>
  rest
    .replace(/\s+/g, " ")
    .replace(/^[\s,;@]*(?:(?:at|on)\b[\s,;]*)*/, "")
    .replace(/[\s,;@]*(?:\b(?:at|on)[\s,;]*)*$/, "");

async function readDay(text: string, sense: Sense): Promise<Day> {
  if (text === "") return { kind: "unsaid" };
  const numeric = readNumericDay(text);
  if (numeric !== undefined) return numeric;
  if (hasNumericDate(text)) {
    const message = `“${text}” is not understood: write a date as 2026-11-24 and a time as 09:00.`;
    throw timeInvalid(message, { zone: sense.zone });
  }
  return readDayInWords(text, sense);
}

/** "9am EST", "9am +02:00": a zone that is no city's. */
function refuseOtherZones(said: string, zone: string): void {
  if (/\s(?:gmt|utc)?[+-]\d{1,2}(?::?\d{2})?$/.test(said)) {
    const message = "An offset goes with a date in digits, as in 2026-11-24T09:00+02:00; elsewhere name a city's zone.";
    throw timeInvalid(message, { zone });
  }
  const abbreviation = /\s([a-z]{2,})$/.exec(said)?.[1] ?? "";
  const cities = ABBREVIATIONS[abbreviation];
  if (cities === undefined) return;
  const message = `“${abbreviation.toUpperCase()}” names no place: name a city's zone instead, such as ${cities.join(" or ")}.`;
  throw timeInvalid(message, { zone, form: `${said.slice(0, -abbreviation.length)}${cities[0]}` });
}
