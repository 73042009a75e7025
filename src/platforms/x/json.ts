/** A string, or a number: what the pass below looks at. Strings come first, so that digits in them stay as they are. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** An integer of 16 digits or more can be past 2^53, where a JSON number loses its last digits. */
const LONG_INTEGER = /^-?\d{16,}$/;

/**
 * Parses JSON and keeps long integers exact, as strings: X sends some 19-digit ids (`account_id`) as bare numbers.
 * `undefined` when the text is no JSON.
 */
export function parseExactJson(text: string): unknown {
  const parsed = parseJson(text);
  // The pass runs on valid JSON only: there every string ends, which keeps the pattern linear.
  if (parsed === undefined || !/\d{16}/.test(text)) return parsed;
  return parseJson(text.replaceAll(STRING_OR_NUMBER, (token) => (LONG_INTEGER.test(token) ? `"${token}"` : token)));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
