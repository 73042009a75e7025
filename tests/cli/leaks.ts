import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Sql } from "postgres";

/** Where a value was found: what a person reads of it is its name, never the value. */
export interface Place {
  readonly name: string;
  readonly text: string;
}

/** A secret as it is, and as URLs, headers and dumps write it. */
function formsOf(value: string): string[] {
  return [
    value,
    encodeURIComponent(value),
    Buffer.from(value).toString("base64").replace(/=+$/, ""),
    Buffer.from(value).toString("base64url"),
    Buffer.from(value).toString("hex"),
  ];
}

/** "the client secret in state/worker.log", for every secret in every place. */
export function leaksIn(places: readonly Place[], secrets: ReadonlyMap<string, string>): string[] {
  return [...secrets].flatMap(([secret, value]) => {
    const forms = formsOf(value);
    return places
      .filter(({ text }) => forms.some((form) => text.includes(form)))
      .map(({ name }) => `${secret} in ${name}`);
  });
}

/** Every row of every table, the queue's too, as text. */
export async function everythingStored(sql: Sql): Promise<Place[]> {
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`;
  const rows = await Promise.all(
    tables.map(async ({ name }) => {
      const some = await sql.unsafe<{ row: string }[]>(
        `select t::text || coalesce(to_jsonb(t)::text, '') as row from ${name} t`,
      );
      return some.map(({ row }) => ({ name: `table ${name}`, text: row }));
    }),
  );
  return rows.flat();
}

/** What is in the files below a folder, by name; what is packed, unpacked too. */
export function filesBelow(folder: string): Place[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .flatMap((name) => {
      const bytes = readFileSync(join(folder, name));
      const text = bytes.toString("latin1");
      if (!name.endsWith(".gz")) return [{ name, text }];
      return [
        { name, text },
        { name: `${name}, unpacked`, text: gunzipSync(bytes).toString("latin1") },
      ];
    });
}

const LOOK_MS = 10;
/** What has looked the same for so long has come through its exec. */
const SETTLED_MS = 2_000;

/** What `ps` shows of every process that has a text in its environment: arguments and environment. Linux only. */
export class ProcessWatch {
  readonly #mark: string;
  readonly #known = new Set<string>();
  readonly #last = new Map<string, { readonly argv: string; readonly since: number }>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly seen: { readonly argv: string; readonly environment: string }[] = [];

  constructor(mark: string) {
    this.#mark = mark;
    for (const pid of processIds()) this.#known.add(pid);
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const pid of processIds()) {
      if (this.#known.has(pid)) continue;
      const argv = read(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
      // Between fork and exec it is still what it came of, on a busy machine for more than one look.
      const last = this.#last.get(pid);
      if (last?.argv === argv) {
        if (performance.now() - last.since > SETTLED_MS) this.#known.add(pid);
        continue;
      }
      if (!argv.includes(".ts")) {
        this.#last.set(pid, { argv, since: performance.now() });
        continue;
      }
      const environment = read(`/proc/${pid}/environ`);
      // In the middle of its exec, when it has its arguments already: the next look sees both.
      if (environment === "") continue;
      this.#last.set(pid, { argv, since: performance.now() });
      if (environment.includes(this.#mark)) this.seen.push({ argv, environment });
    }
  }
}

const processIds = (): string[] => readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    // It ended while we looked.
    if (error instanceof Error && "code" in error) return "";
    throw error;
  }
}
