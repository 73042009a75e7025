import { isRecord } from "../http.ts";
import type { Complaint } from "./answers.ts";

/** As much of JSON Schema as X's request bodies use. */
export type BodySchema =
  | {
      readonly kind: "string";
      readonly pattern?: RegExp;
      readonly oneOf?: readonly string[];
      readonly min?: number;
      readonly max?: number;
    }
  | { readonly kind: "integer"; readonly min: number; readonly max: number }
  | { readonly kind: "boolean" }
  | { readonly kind: "array"; readonly items: BodySchema; readonly min?: number; readonly max?: number }
  | {
      readonly kind: "object";
      readonly properties: Readonly<Record<string, BodySchema>>;
      readonly required?: readonly string[];
      /** Whether properties that are not listed pass. */
      readonly open?: boolean;
    };

/** Everything that X would complain about in a body, in X's words. */
export function complaintsAbout(value: unknown, schema: BodySchema, path = "$"): Complaint[] {
  const found = typeName(value);
  if (found !== schema.kind) {
    return [complaint(path, value, `${found} found, ${schema.kind} expected`)];
  }
  switch (schema.kind) {
    case "string":
      return typeof value === "string" ? aboutString(value, schema, path) : [];
    case "integer":
      return typeof value === "number" ? aboutNumber(value, schema, path) : [];
    case "boolean":
      return [];
    case "array":
      return Array.isArray(value) ? aboutArray(value, schema, path) : [];
    case "object":
      return isRecord(value) ? aboutObject(value, schema, path) : [];
    default:
      return schema satisfies never;
  }
}

function aboutString(value: string, schema: Extract<BodySchema, { kind: "string" }>, path: string): Complaint[] {
  const length = [...value].length;
  if (schema.oneOf !== undefined && !schema.oneOf.includes(value)) {
    return [complaint(path, value, `does not have a value in the enumeration [${schema.oneOf.join(", ")}]`)];
  }
  if (schema.pattern !== undefined && !schema.pattern.test(value)) {
    return [complaint(path, value, `does not match the regex pattern ${schema.pattern.source}`)];
  }
  if (schema.min !== undefined && length < schema.min) {
    return [complaint(path, value, `must be at least ${schema.min} characters long`)];
  }
  if (schema.max !== undefined && length > schema.max) {
    return [complaint(path, value, `may only be ${schema.max} characters long`)];
  }
  return [];
}

function aboutNumber(value: number, schema: Extract<BodySchema, { kind: "integer" }>, path: string): Complaint[] {
  if (value < schema.min) return [complaint(path, value, `must have a minimum value of ${schema.min}`)];
  if (value > schema.max) return [complaint(path, value, `must have a maximum value of ${schema.max}`)];
  return [];
}

function aboutArray(
  value: readonly unknown[],
  schema: Extract<BodySchema, { kind: "array" }>,
  path: string,
): Complaint[] {
  if (schema.min !== undefined && value.length < schema.min) {
    return [complaint(path, value, `array must have at least ${schema.min} items`)];
  }
  if (schema.max !== undefined && value.length > schema.max) {
    return [complaint(path, value, `array must have at most ${schema.max} items`)];
  }
  return value.flatMap((item, index) => complaintsAbout(item, schema.items, `${path}[${index}]`));
}

function aboutObject(
  value: Record<string, unknown>,
  schema: Extract<BodySchema, { kind: "object" }>,
  path: string,
): Complaint[] {
  const missing = (schema.required ?? [])
    .filter((name) => !(name in value))
    .map((name) => complaint(`${path}.${name}`, undefined, "is missing but it is required"));
  const wrong = Object.entries(value).flatMap(([name, item]) => {
    const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (property !== undefined) return complaintsAbout(item, property, `${path}.${name}`);
    if (schema.open === true) return [];
    const words = "is not defined in the schema and the schema does not allow additional properties";
    return [complaint(`${path}.${name}`, item, words)];
  });
  return [...missing, ...wrong];
}

function complaint(path: string, value: unknown, words: string): Complaint {
  const shown = value === undefined ? [] : [typeof value === "string" ? value : JSON.stringify(value)];
  return { message: `${path}: ${words}`, parameters: { [path]: shown } };
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}
