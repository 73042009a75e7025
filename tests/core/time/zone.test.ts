import { describe, expect, test } from "bun:test";
import { PsnError } from "../../../src/core/errors.ts";
import { checkZone } from "../../../src/core/time/zone.ts";

function refusal(text: string): PsnError {
  try {
    checkZone(text);
  } catch (error) {
    if (error instanceof PsnError) return error;
    throw error;
  }
  throw new Error(`“${text}” was not refused`);
}

const PLACES = Intl.supportedValuesOf("timeZone").filter((zone) => zone.includes("/") && !zone.startsWith("Etc/"));

describe("checkZone", () => {
  test("gives every place of the database back in its own spelling, however it was typed", () => {
    expect(PLACES.length).toBeGreaterThan(400);
    for (const zone of PLACES) {
      expect(checkZone(zone)).toBe(zone);
      expect(checkZone(` ${zone.toLowerCase()} `)).toBe(zone);
      expect(checkZone(zone.toUpperCase())).toBe(zone);
    }
  });

  test("keeps older names that still name a place", () => {
    expect(checkZone("asia/calcutta")).toBe("Asia/Calcutta");
    expect(checkZone("us/eastern")).toBe("US/Eastern");
  });

  test.each(["UTC", "utc", "Etc/UTC", "Zulu"])("takes %s as UTC", (text) => {
    expect(checkZone(text)).toBe("UTC");
  });

  test.each([
    ["lima", "America/Lima"],
    ["new york", "America/New_York"],
    ["America/New York", "America/New_York"],
    ["São Paulo", "America/Sao_Paulo"],
    ["Europe/Madird", "Europe/Madrid"],
    ["Londn", "Europe/London"],
    ["paris, france", "Europe/Paris"],
    ["japan", "Asia/Tokyo"],
    ["San Francisco", "America/Los_Angeles"],
    ["kiev", "Europe/Kyiv"],
  ])("refuses %s and offers %s first", (text, zone) => {
    const error = refusal(text);
    expect(error.code).toBe("zone_invalid");
    expect(error.message).toContain(`“${text}”`);
    expect(error.message).toContain(zone);
    expect(error.next).toBe(`psn setup timezone ${zone}`);
    expect(error.details?.["suggestions"]).toContain(zone);
  });

  test.each([
    ["EST", ["America/New_York", "America/Toronto", "America/Panama"]],
    ["ist", ["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"]],
    ["GMT", ["UTC", "Europe/London", "Africa/Accra"]],
  ])("refuses the abbreviation %s, which names no place", (text, suggestions) => {
    const error = refusal(text);
    expect(error.message).toContain("abbreviation");
    expect(error.details?.["suggestions"]).toEqual(suggestions);
  });

  test.each(["+02:00", "UTC+2", "GMT-5", "Etc/GMT+5", "5"])("refuses the offset %s, and says why", (text) => {
    const error = refusal(text);
    expect(error.message).toContain("wrong whenever the clocks change");
    expect(error.next).toBe("psn setup timezone Europe/Madrid");
  });

  test.each(["", "  ", "Mars/Olympus", "x/../y", "Europe", "qqq"])("refuses “%s” with nothing to offer", (text) => {
    const error = refusal(text);
    expect(error.details?.["suggestions"]).toEqual([]);
    expect(error.next).toBe("psn setup timezone Europe/Madrid");
  });

  test("offers three at most, and only zones that it takes", () => {
    for (const text of ["port", "san", "indiana", "santo domingo", "st", "abidjan accra lagos cairo"]) {
      const suggestions = refusal(text).details?.["suggestions"];
      if (!Array.isArray(suggestions)) throw new Error("no list");
      expect(suggestions.length).toBeLessThanOrEqual(3);
      for (const zone of suggestions) expect(checkZone(String(zone))).toBe(String(zone));
    }
  });
});
