import { describe, expect, test } from "bun:test";
import { BODY_FORMS, inForm } from "../../src/sandbox/body-forms.ts";
import { TOKEN_ERRORS, UNREADABLE_SUCCESSES, X_ERRORS } from "../../src/sandbox/catalogue.ts";
import { answering } from "../../src/sandbox/control.ts";
import { complaintOf, openSandbox } from "./open-sandbox.ts";

const entries = Object.entries({ ...X_ERRORS, ...TOKEN_ERRORS });

describe("the catalogue", () => {
  test("goes over the wire byte for byte, with its status and type", async () => {
    await using x = await openSandbox();
    for (const entry of [...Object.values(X_ERRORS), ...Object.values(UNREADABLE_SUCCESSES)]) {
      await x.control.run("addFault", { action: answering(entry) });
      const answer = await x.call("POST", "/2/tweets", { json: { text: "x" } });
      expect(answer).toMatchObject({ status: entry.status, text: entry.body });
      expect(answer.headers.get("content-type")).toBe(entry.contentType);
    }
    expect((await x.control.state()).tweets).toEqual([]);
  });

  test("has every status that X refuses with", () => {
    const statuses = new Set(entries.map(([, { status }]) => status));
    expect([...statuses].sort()).toEqual([400, 401, 402, 403, 404, 413, 429, 500, 502, 503, 504]);
  });

  test.each(entries)("%s keeps its status and sentence in every form that has one", (_, entry) => {
    const forms = BODY_FORMS.map((form) => ({ form, ...inForm(entry, form) }));
    const sentences = forms.flatMap(({ form, body }) =>
      form === "empty" || form === "html" ? [] : [sentenceIn(body)],
    );
    expect(forms.every(({ status }) => status === entry.status)).toBe(true);
    expect(new Set(sentences).size).toBe(1);
    expect(sentences[0]).not.toBe("");
  });

  test("is what the sandbox itself refuses with", async () => {
    await using x = await openSandbox();
    await x.tweet("one");
    const duplicate = await x.call("POST", "/2/tweets", { json: { text: "one" } });
    expect(duplicate.text).toBe(X_ERRORS.duplicate.body);
    expect((await x.call("GET", "/2/users/me", { bearer: null })).text).toBe(X_ERRORS.unauthorized.body);
    expect(complaintOf(await x.call("POST", "/2/tweets", { json: {} }))).toBe("$.text: is missing but it is required");
  });
});

/** The one sentence of a body, in whichever of the JSON forms. */
function sentenceIn(body: string): string {
  const parsed: { detail?: string; error_description?: string; errors?: (string | { message?: string })[] } =
    JSON.parse(body);
  const first = parsed.errors?.[0];
  return (typeof first === "string" ? first : first?.message) ?? parsed.detail ?? parsed.error_description ?? "";
}
