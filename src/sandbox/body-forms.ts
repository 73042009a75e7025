import type { CatalogueEntry } from "./catalogue.ts";
import { isRecord, parseJson } from "./http.ts";

/**
 * The shapes in which X was seen to put one and the same error: a problem, a problem with `errors`, the old coded
 * errors, errors that are bare strings, the OAuth form, and from the edge in front of it a page or nothing.
 */
export const BODY_FORMS = ["problem", "problem_with_errors", "coded", "strings", "oauth", "html", "empty"] as const;
export type BodyForm = (typeof BODY_FORMS)[number];

/** The same status and sentence in another shape. */
export function inForm(entry: CatalogueEntry, form: BodyForm): CatalogueEntry {
  const { title, detail, type } = wordsOf(entry);
  const asJson = (value: unknown, contentType = "application/json"): CatalogueEntry => ({
    status: entry.status,
    contentType,
    body: JSON.stringify(value),
  });
  switch (form) {
    case "problem":
      return asJson({ title, detail, type, status: entry.status }, "application/problem+json");
    case "problem_with_errors":
      return asJson({ errors: [{ parameters: {}, message: detail }], title, detail, type });
    case "coded":
      return asJson({ errors: [{ code: 131, message: detail }] });
    case "strings":
      return asJson({ errors: [detail] });
    case "oauth":
      return asJson({ error: "invalid_request", error_description: detail });
    case "html":
      return {
        status: entry.status,
        contentType: "text/html; charset=UTF-8",
        body: `<!DOCTYPE html><html><head><title>${title}</title></head><body><p>${detail}</p></body></html>`,
      };
    case "empty":
      return { status: entry.status, contentType: "text/plain", body: "" };
    default:
      return form satisfies never;
  }
}

function wordsOf(entry: CatalogueEntry): { title: string; detail: string; type: string } {
  const parsed = parseJson(entry.body);
  const fields = parsed.ok && isRecord(parsed.value) ? parsed.value : {};
  const first: unknown = Array.isArray(fields["errors"]) ? fields["errors"][0] : undefined;
  const message = isRecord(first) ? first["message"] : first;
  const title = sentence(fields["title"]) ?? sentence(fields["error"]) ?? `Error ${entry.status}`;
  const detail = sentence(message) ?? sentence(fields["detail"]) ?? sentence(fields["error_description"]) ?? title;
  return { title, detail, type: sentence(fields["type"]) ?? "about:blank" };
}

function sentence(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
