import type { Complaint } from "./answers.ts";

/** What one query parameter accepts. */
type QueryRule =
  | { readonly kind: "id" }
  | { readonly kind: "token" }
  | { readonly kind: "time" }
  | { readonly kind: "count"; readonly min: number; readonly max: number }
  /** A comma-separated list, each item at most once. */
  | { readonly kind: "list"; readonly values: readonly string[] };

export type QueryRules = Readonly<Record<string, QueryRule>>;

/** Everything that X would complain about in a query, in X's words; it names unknown parameters first. */
export function complaintsAboutQuery(query: URLSearchParams, rules: QueryRules): Complaint[] {
  const names = [...new Set(query.keys())];
  return names.flatMap((name) => {
    const values = query.getAll(name);
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      return [blame(name, values, `The query parameter [${name}] is not one of [${Object.keys(rules).join(",")}]`)];
    }
    if (values.length > 1) {
      return [blame(name, values, `Duplicate parameters are not allowed: the \`${name}\` query parameter`)];
    }
    const value = values[0] ?? "";
    const trouble = troubleWith(value, rule);
    return trouble === null ? [] : [blame(name, values, `The \`${name}\` query parameter value ${trouble}`)];
  });
}

/** The items of a list parameter. */
export function listOf(query: URLSearchParams, name: string): string[] {
  return query.get(name)?.split(",") ?? [];
}

export const ID_PATTERN = /^[0-9]{1,19}$/;

function troubleWith(value: string, rule: QueryRule): string | null {
  switch (rule.kind) {
    case "id":
      return ID_PATTERN.test(value) ? null : `[${value}] is not valid`;
    case "token":
      return value.length > 0 ? null : `[${value}] is not valid`;
    case "time":
      return isInstant(value) ? null : `[${value}] is not a valid RFC3339 date-time`;
    case "count": {
      const count = /^[0-9]{1,9}$/.test(value) ? Number(value) : Number.NaN;
      return count >= rule.min && count <= rule.max ? null : `[${value}] is not between ${rule.min} and ${rule.max}`;
    }
    case "list": {
      const items = value.split(",");
      const unknown = items.find((item) => !rule.values.includes(item));
      if (unknown !== undefined) return `[${unknown}] is not one of [${rule.values.join(",")}]`;
      return new Set(items).size === items.length ? null : `[${value}] has the same value twice`;
    }
    default:
      return rule satisfies never;
  }
}

/** `YYYY-MM-DDTHH:mm:ssZ`, with or without a fraction of a second. */
function isInstant(value: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value) && !Number.isNaN(Date.parse(value));
}

function blame(name: string, values: readonly string[], message: string): Complaint {
  return { parameters: { [name]: values }, message };
}
