/** What came of the tests of some files. */
export interface Report {
  readonly passed: number;
  readonly skipped: number;
  readonly failed: readonly Failure[];
  /** Relative to the project's folder, or absolute outside of it. */
  readonly files: ReadonlySet<string>;
}

interface Failure {
  readonly file: string;
  /** Of the test, after the names of what it is described in: "a worker > ends when it is idle". */
  readonly name: string;
}

const TAGS = /<(\/?)(testsuite|testcase|failure|error|skipped)\b((?:[^>"]|"[^"]*")*?)(\/?)>/g;

/** Reads the report that `bun test` writes in JUnit's form: a suite for each file, and in it one for each `describe`. */
export function readReport(junit: string): Report {
  const suites: string[] = [];
  const files = new Set<string>();
  const failed: Failure[] = [];
  let tests = 0;
  let skipped = 0;
  let test = "";
  for (const [, closes, tag, attributes = "", isEmpty] of junit.matchAll(TAGS)) {
    if (tag === "testsuite") {
      if (closes !== "") suites.pop();
      else {
        const name = attribute(attributes, "name");
        if (suites.length === 0) files.add(name);
        if (isEmpty === "") suites.push(name);
      }
    } else if (closes !== "") continue;
    else if (tag === "testcase") {
      tests += 1;
      test = attribute(attributes, "name");
    } else if (tag === "skipped") skipped += 1;
    else {
      const [file = "", ...described] = suites;
      failed.push({ file, name: [...described, test].join(" > ") });
    }
  }
  return { passed: tests - skipped - failed.length, skipped, failed, files };
}

const ESCAPES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function attribute(attributes: string, name: string): string {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1] ?? "";
  return value.replace(/&(?:#(\d+)|(\w+));/g, (written, code: string | undefined, word: string | undefined) =>
    code === undefined ? (ESCAPES[word ?? ""] ?? written) : String.fromCodePoint(Number(code)),
  );
}
