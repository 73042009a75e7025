import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import Ajv from "ajv";
import { CALL_NAMES, EVERY_CALL } from "./calls.ts";
import { CALL, json, type Received, ScriptedX, TWEET_ID } from "./support.ts";

interface Parameter {
  readonly name: string;
  readonly $ref?: string;
  readonly schema?: { readonly items?: { readonly enum?: readonly string[] } };
}
interface Specification {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly parameters?: readonly Parameter[] }>>>>;
  readonly components: { readonly parameters?: Readonly<Record<string, Parameter>> };
}

/** X's OpenAPI documents, before and after it renamed tweets to posts; each with the vocabulary that it knows. */
const DOCUMENTS = [
  { version: "2.159", vocabulary: "tweet" },
  { version: "2.167", vocabulary: "post" },
] as const;

for (const { version, vocabulary } of DOCUMENTS) {
  const file = new URL(`../../../../shared/data/x-openapi-${version}.json`, import.meta.url);
  const isAbsent = !existsSync(file);
  if (isAbsent) console.log(`skipped: X's OpenAPI document ${version} is not beside this project`);

  describe.skipIf(isAbsent)(`what psn sends fits X's specification ${version}`, () => {
    const document: Specification = isAbsent ? { paths: {}, components: {} } : JSON.parse(readFileSync(file, "utf8"));
    const ajv = new Ajv({ strict: false, validateFormats: false }).addSchema(document, "x");

    test.each([
      ["a tweet", "/2/tweets", { text: "hello" }],
      ["a reply with media", "/2/tweets", { text: "hello", replyTo: TWEET_ID, mediaIds: ["1", "2", "3", "4"] }],
      ["media alone", "/2/tweets", { text: "", mediaIds: ["1"] }],
    ])("%s", async (_name, path, tweet) => {
      await using x = new ScriptedX(json({ data: { id: TWEET_ID } }, 201));
      await x.client.createTweet(CALL, tweet);
      expect(errorsOf(ajv, path, x.one)).toBeNull();
    });

    test("an alt text", async () => {
      await using x = new ScriptedX(json({ data: { id: "77" } }));
      await EVERY_CALL.setAltText(x.client);
      expect(errorsOf(ajv, "/2/media/metadata", x.one)).toBeNull();
    });

    test("and what X would not take is noticed", async () => {
      await using x = new ScriptedX(json({}));
      await fetch(x.url, { method: "POST", body: JSON.stringify({ text: "hello", media_ids: ["1"] }) });
      expect(errorsOf(ajv, "/2/tweets", x.one)).not.toBeNull();
    });

    test("every path, parameter and field", async () => {
      for (const call of CALL_NAMES) {
        await using x = new ScriptedX(speaking(vocabulary));
        await EVERY_CALL[call](x.client);
        const received = x.received.at(-1);
        if (received === undefined) throw new Error("nothing was asked");
        const operation = document.paths[templateOf(received.path)]?.[received.method.toLowerCase()];
        expect(operation, `${received.method} ${received.path}`).toBeDefined();
        const known = new Map((operation?.parameters ?? []).map((p) => resolved(document, p)).map((p) => [p.name, p]));
        for (const [name, value] of Object.entries(received.query)) {
          expect([...known.keys()]).toContain(name);
          const values = known.get(name)?.schema?.items?.enum;
          for (const item of values === undefined ? [] : value.split(",")) expect(values).toContain(item);
        }
      }
    });
  });
}

/** Refuses the fields of the other vocabulary, as such a server would. */
function speaking(vocabulary: "tweet" | "post") {
  const foreign = vocabulary === "tweet" ? "post.fields" : "tweet.fields";
  return (received: Received) =>
    foreign in received.query
      ? json(
          { errors: [{ message: `The query parameter [${foreign}] is not one of []` }], title: "Invalid Request" },
          400,
        )
      : json({ data: [] });
}

function errorsOf(ajv: Ajv, path: string, received: Received) {
  const pointer = `x#/paths/${path.replaceAll("/", "~1")}/post/requestBody/content/application~1json/schema`;
  const validate = ajv.compile({ $ref: pointer });
  validate(JSON.parse(received.text));
  return validate.errors ?? null;
}

function resolved(document: Specification, parameter: Parameter): Parameter {
  const name = parameter.$ref?.split("/").at(-1);
  return name === undefined ? parameter : (document.components.parameters?.[name] ?? parameter);
}

const templateOf = (path: string) => `/2${path.slice(2).replace(/\/\d+/, "/{id}")}`;
