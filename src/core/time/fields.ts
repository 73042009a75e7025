/** What the clocks of a zone show, from whichever of the engine's two time zone libraries is ready sooner. */

export interface Fields {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Bun has it and answers at once; Node 24 has not, and Intl's first formatter takes a tenth of a command's time. */
const native: { ZonedDateTime: new (nanoseconds: bigint, zone: string) => Fields } | undefined = Reflect.get(
  globalThis,
  "Temporal",
);

/** Fractions of a second are dropped. Throws a RangeError for a zone that the engine does not know. */
export function fieldsAt(instant: Date, zone: string): Fields {
  if (native === undefined) return fieldsByIntl(instant, zone);
  return new native.ZonedDateTime(BigInt(instant.getTime()) * 1_000_000n, zone);
}

/** Whether the engine knows a zone of this name, in whatever spelling, or an offset such as "+02:00". */
export function knowsZone(zone: string): boolean {
  try {
    fieldsAt(new Date(0), zone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Making a formatter costs far more than using it, and a run meets one or two zones. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function fieldsByIntl(instant: Date, zone: string): Fields {
  const fields = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of formatterOf(zone).formatToParts(instant)) {
    switch (type) {
      case "year":
      case "month":
      case "day":
      case "hour":
      case "minute":
      case "second":
        fields[type] = Number(value);
        break;
      default:
    }
  }
  return fields;
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formatters.set(zone, made);
  return made;
}
