import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import type { Reply } from "../../src/sandbox/http.ts";
import type { ExchangeRequest, ExchangeResponse } from "../../src/sandbox/server.ts";

/** X's published OpenAPI documents, older first. Live answers mix the two, so a client has to suit both. */
const VERSIONS = ["2.159", "2.167"] as const;

interface InvalidRequest {
  readonly request: string;
  readonly reasons: readonly string[];
}

interface ValidationReport {
  /** Requests to operations of the documents that were checked. */
  readonly validated: number;
  readonly invalid: readonly InvalidRequest[];
}

export interface CountingValidator {
  /** False when the documents are not there: then nothing is checked or counted. */
  readonly available: boolean;
  /** For `startSandbox({ onExchange })`. Any number of sandboxes may share one. */
  readonly onExchange: (request: ExchangeRequest, response: ExchangeResponse) => void;
  report(): ValidationReport;
  /** "N requests validated against X's OpenAPI documents, 0 invalid", with the invalid ones named. */
  summary(): string;
  /** Resolves when every request seen so far is checked. */
  settled(): Promise<void>;
}

export const documentsAreHere = (): boolean => VERSIONS.every((version) => existsSync(pathOf(version)));

/** Checks every request against both documents. Reading and compiling happen with the first request that needs them. */
export function countingValidator(): CountingValidator {
  const available = documentsAreHere();
  const invalid: InvalidRequest[] = [];
  const pending = new Set<Promise<void>>();
  let validated = 0;
  return {
    available,
    onExchange(request) {
      if (!available || !request.path.startsWith("/2/") || request.path.startsWith("/2/oauth2/")) return;
      validated += 1;
      // After this turn of the loop, so that compiling does not hold the answer back.
      const later = new Promise<void>((resolve) => setImmediate(resolve)).then(() => reasonsAgainstRequest(request));
      // A body that can't be read at all is a fault of the request as well.
      const reading = later.catch((error: unknown) => [`the body can't be read: ${String(error)}`]);
      const checking = reading.then((reasons) => {
        pending.delete(checking);
        if (reasons.length > 0)
          invalid.push({ request: `${request.method} ${request.path}?${request.query}`, reasons });
      });
      pending.add(checking);
    },
    report: () => ({ validated, invalid }),
    summary: () => {
      if (!available) return "X's OpenAPI documents are not here: no request was validated";
      const named = invalid.map(({ request, reasons }) => `\n  ${request}: ${reasons.join("; ")}`);
      return `${validated} requests validated against X's OpenAPI documents, ${invalid.length} invalid${named.join("")}`;
    },
    settled: async () => {
      await Promise.all(pending);
    },
  };
}

/**
 * Why X's documents would not have a request; empty when it is fine.
 * A read has to fit one document, since its field names differ. A write has to fit the newer one, and the older one
 * too but for properties that it does not know yet.
 */
async function reasonsAgainstRequest(request: ExchangeRequest): Promise<string[]> {
  const body = await bodyOf(request);
  const verdicts = VERSIONS.map((version) => ({ version, faults: faultsIn(documentOf(version), request, body) }));
  if (request.method === "GET" && verdicts.some(({ faults }) => faults.length === 0)) return [];
  return verdicts.flatMap(({ version, faults }) => {
    const counted =
      request.method === "GET" || version === "2.167" ? faults : faults.filter((fault) => !fault.unknownName);
    return counted.map((fault) => `${version}: ${fault.words}`);
  });
}

/** Why neither document would have a successful answer; empty when one of them would. Failures are not described there. */
export function reasonsAgainstAnswer(request: ExchangeRequest, response: Reply): string[] {
  const method = request.method.toLowerCase();
  const verdicts = VERSIONS.map((version) => {
    const document = documentOf(version);
    const operation = document.find(method, request.path);
    if (operation === null) return [`${version}: no such operation`];
    const keys = [
      "paths",
      operation.template,
      method,
      "responses",
      `${response.status}`,
      "content",
      "application/json",
    ];
    if (document.at(keys)["schema"] === undefined) return [`${version}: no answer ${response.status}`];
    const faults = faultsBy(document.validator(pointerOf([...keys, "schema"])), JSON.parse(response.body), "answer");
    return faults.map((fault) => `${version}: ${fault.words}`);
  });
  return verdicts.some((reasons) => reasons.length === 0) ? [] : verdicts.flat();
}

interface Fault {
  readonly words: string;
  /** Only a property that this document does not have. */
  readonly unknownName: boolean;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly isList: boolean;
  readonly isNumber: boolean;
  readonly pointer: string;
}

type Json = Record<string, unknown>;

/** One OpenAPI document; schemas compile when they are first used. */
class Document {
  readonly #root: Json;
  readonly #ajv = addFormats(new Ajv({ strict: false, validateSchema: false, allErrors: true, logger: false }));
  readonly #parameters = new Map<string, readonly Parameter[]>();

  constructor(path: string) {
    this.#root = record(JSON.parse(readFileSync(path, "utf8")));
    this.#ajv.addSchema(this.#root, "x");
  }

  /** The path template and the values of its parts, or null when the document has no such operation. */
  find(method: string, path: string): { template: string; params: Json } | null {
    const parts = path.split("/");
    for (const template of Object.keys(record(this.#root["paths"]))) {
      const wanted = template.split("/");
      const fits =
        wanted.length === parts.length && wanted.every((part, i) => part.startsWith("{") || part === parts[i]);
      if (!fits || !(method in this.at(["paths", template]))) continue;
      const names = wanted.flatMap((part, i) => (part.startsWith("{") ? [[part.slice(1, -1), parts[i]]] : []));
      return { template, params: Object.fromEntries(names) };
    }
    return null;
  }

  parameters(template: string, method: string): readonly Parameter[] {
    const key = `${method} ${template}`;
    const known = this.#parameters.get(key);
    if (known !== undefined) return known;
    const listed = this.at(["paths", template, method])["parameters"];
    const parameters = (Array.isArray(listed) ? listed : []).map((_, index) => {
      const keys = this.#resolved(["paths", template, method, "parameters", `${index}`]);
      const parameter = this.at(keys);
      const type = this.at(this.#resolved([...keys, "schema"]))["type"];
      return {
        name: String(parameter["name"]),
        in: String(parameter["in"]),
        required: parameter["required"] === true,
        isList: type === "array",
        isNumber: type === "integer" || type === "number",
        pointer: pointerOf([...keys, "schema"]),
      };
    });
    this.#parameters.set(key, parameters);
    return parameters;
  }

  validator(pointer: string): ValidateFunction {
    const validate = this.#ajv.getSchema(`x${pointer}`);
    if (validate === undefined) throw new Error(`The document has no schema at ${pointer}.`);
    return validate;
  }

  at(keys: readonly string[]): Json {
    let here: unknown = this.#root;
    for (const key of keys) here = Array.isArray(here) ? here[Number(key)] : record(here)[key];
    return record(here);
  }

  #resolved(keys: readonly string[]): readonly string[] {
    const reference = this.at(keys)["$ref"];
    return typeof reference === "string" ? this.#resolved(reference.slice(2).split("/")) : keys;
  }
}

const documents = new Map<string, Document>();

function documentOf(version: string): Document {
  const document = documents.get(version) ?? new Document(pathOf(version));
  documents.set(version, document);
  return document;
}

function faultsIn(document: Document, request: ExchangeRequest, body: unknown): Fault[] {
  const method = request.method.toLowerCase();
  const operation = document.find(method, request.path);
  if (operation === null) return [{ words: "no such operation", unknownName: false }];
  const parameters = document.parameters(operation.template, method);
  return [
    ...faultsInParameters(document, parameters, operation.params, request.query),
    ...faultsInBody(document, ["paths", operation.template, method, "requestBody"], request, body),
  ];
}

function faultsInParameters(
  document: Document,
  parameters: readonly Parameter[],
  path: Json,
  query: URLSearchParams,
): Fault[] {
  const queryNames = new Set(parameters.filter((p) => p.in === "query").map((p) => p.name));
  const unknown = [...query.keys()].filter((name) => !queryNames.has(name));
  const faults = unknown.map((name) => ({ words: `no query parameter ${name}`, unknownName: false }));
  for (const parameter of parameters) {
    const given = parameter.in === "path" ? path[parameter.name] : query.get(parameter.name);
    if (typeof given !== "string") {
      if (parameter.required) faults.push({ words: `${parameter.name} is missing`, unknownName: false });
      continue;
    }
    const value = parameter.isList ? given.split(",") : parameter.isNumber ? Number(given) : given;
    faults.push(...faultsBy(document.validator(parameter.pointer), value, parameter.name));
  }
  return faults;
}

function faultsInBody(document: Document, keys: readonly string[], request: ExchangeRequest, body: unknown): Fault[] {
  const contents = record(document.at(keys)["content"]);
  const type = request.headers.get("content-type")?.split(";", 1)[0] ?? "";
  if (request.body.length === 0 && Object.keys(contents).length === 0) return [];
  if (!(type in contents)) return [{ words: `no body of type "${type}"`, unknownName: false }];
  return faultsBy(document.validator(pointerOf([...keys, "content", type, "schema"])), body, "body");
}

function faultsBy(validate: ValidateFunction, value: unknown, what: string): Fault[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => ({
    words: `${what}${error.instancePath} ${error.message ?? ""} ${JSON.stringify(error.params)}`,
    unknownName: error.keyword === "additionalProperties",
  }));
}

/** JSON as it is; of a multipart body its fields, a file standing as a word. */
async function bodyOf(request: ExchangeRequest): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  if (type.startsWith("application/json")) return JSON.parse(new TextDecoder().decode(request.body));
  if (!type.startsWith("multipart/form-data")) return undefined;
  const form = await new Response(request.body, { headers: { "content-type": type } }).formData();
  return Object.fromEntries(
    [...form.entries()].map(([name, value]) => [name, typeof value === "string" ? value : "file"]),
  );
}

function pathOf(version: string): string {
  return fileURLToPath(new URL(`../../../shared/data/x-openapi-${version}.json`, import.meta.url));
}

function pointerOf(keys: readonly string[]): string {
  const escaped = keys.map((key) => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1")));
  return `#/${escaped.join("/")}`;
}

function record(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
