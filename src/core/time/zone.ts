import { type ZoneProblem, zoneInvalid } from "./errors.ts";
import { knowsZone } from "./fields.ts";
import { ABBREVIATIONS, PLACES } from "./places.ts";

/** "São Paulo", "sao_paulo" and "SAO-PAULO" are one: "saopaulo". */
function letters(text: string): string {
  return text
    .normalize("NFD")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
}

/** The spellings of the time zone database that are not "each word begins with a capital". */
const SPELLINGS = new Map(
  ["of", "es", "au", "DumontDUrville", "McMurdo", "US", "NSW", "ACT", "LHI", "DeNoronha", "EasterIsland"]
    .concat(["BajaNorte", "BajaSur", "IN"])
    .map((word) => [word.toLowerCase(), word]),
);

/**
 * The name in the database's own spelling: "america/new_york" is "America/New_York". Intl would tell, but engines differ:
 * V8 answers "Asia/Calcutta" where "Asia/Kolkata" was asked, and one stored zone must not read as two.
 */
function spelled(zone: string): string {
  return zone.replace(/[A-Za-z]+/g, (word) => {
    const lower = word.toLowerCase();
    return SPELLINGS.get(lower) ?? lower.charAt(0).toUpperCase() + lower.slice(1);
  });
}

const REGION = /^(?:africa|america|antarctica|arctic|asia|atlantic|australia|europe|indian|pacific)$/;

function cityZones(): string[] {
  return Intl.supportedValuesOf("timeZone").filter((zone) => zone.includes("/") && !zone.startsWith("Etc/"));
}

/** Letters to change, add, drop or swap with a neighbour to make `b` of `a`. */
function edits(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** How far a zone is from what was typed, 0 the nearest; undefined: not near. */
function farness(typed: string, zone: string): number | undefined {
  const whole = letters(zone);
  const city = letters(zone.slice(zone.lastIndexOf("/") + 1));
  if (typed === city || typed === whole) return 0;
  if (typed.length >= 3 && city.startsWith(typed)) return 1;
  if (city.length >= 4 && typed.includes(city)) return 2;
  if (typed.length >= 4 && whole.includes(typed)) return 3;
  const wrong = Math.min(edits(typed, city), edits(typed, whole));
  return typed.length >= 4 && wrong <= (typed.length < 7 ? 1 : 2) ? 3 + wrong : undefined;
}

function suggestionsFor(text: string): string[] {
  const typed = letters(text);
  if (typed === "" || REGION.test(typed)) return [];
  const listed = ABBREVIATIONS[typed] ?? PLACES[typed];
  if (listed !== undefined) return listed.slice(0, 3);
  return cityZones()
    .flatMap((zone) => {
      const far = farness(typed, zone);
      return far === undefined ? [] : [{ zone, far }];
    })
    .sort((a, b) => a.far - b.far || a.zone.length - b.zone.length || (a.zone < b.zone ? -1 : 1))
    .slice(0, 3)
    .map(({ zone }) => zone);
}

const listOf = (zones: readonly string[]): string =>
  zones.length < 2 ? zones.join("") : `${zones.slice(0, -1).join(", ")} or ${zones.at(-1)}`;

/**
 * The zone of the IANA database that `text` names, in the database's spelling: a place such as "America/Lima", or "UTC".
 * Offsets, abbreviations and countries are refused, since they do not say when the clocks change.
 * @throws PsnError zone_invalid; `details.suggestions` holds up to three zones that may be meant
 */
export function checkZone(text: string): string {
  const found = findZone(text);
  if ("zone" in found) return found.zone;
  throw zoneInvalid(found);
}

/** `checkZone` for who words the refusal differently. */
export function findZone(text: string): { zone: string } | ZoneProblem {
  const typed = text.trim();
  if (/^(?:etc\/)?(?:utc|uct|universal|zulu)$/i.test(typed)) return { zone: "UTC" };
  if (/^[a-z]+(?:\/[a-z_-]+)+$/i.test(typed) && !/^etc\//i.test(typed) && knowsZone(typed))
    return { zone: spelled(typed) };

  const such = "such as Europe/Madrid";
  if (typed === "") return { why: `No time zone was given: name a city's, ${such}.`, suggestions: [] };
  if (/^(?:utc|gmt|etc\/gmt)?\s*[+-]?\d/i.test(typed)) {
    const why = `“${typed}” is an offset, which is wrong whenever the clocks change: name a city's zone, ${such}.`;
    return { why, suggestions: [] };
  }
  const suggestions = suggestionsFor(typed);
  if (ABBREVIATIONS[letters(typed)] !== undefined) {
    const why = `“${typed}” is an abbreviation and names no place: use a city's zone, such as ${listOf(suggestions)}.`;
    return { why, suggestions };
  }
  const hint = suggestions.length === 0 ? `name a city's, ${such}.` : `did you mean ${listOf(suggestions)}?`;
  return { why: `There is no time zone “${typed}”: ${hint}`, suggestions };
}
