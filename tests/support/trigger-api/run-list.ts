import type { Environment } from "./environment.ts";
import type { Refusal } from "./refusal.ts";
import { type ListedRun, listedRun, RUN_STATUSES, type Run } from "./run.ts";
import { durationMs } from "./times.ts";

/** The list is a copy that lags: a new run, or a new state of one, shows after so long (measured: about 0.6 s). */
const LAG_MS = 600;
const PAGE_SIZE = 25;

interface Copies {
  readonly env: Environment;
  shown: ListedRun | null;
  readonly underway: { readonly at: number; readonly copy: ListedRun }[];
}

interface Page {
  readonly data: readonly ListedRun[];
  readonly pagination: { readonly next?: string; readonly previous?: string };
}

/** What `GET /api/v1/runs` knows, which is not what is. */
export class RunList {
  readonly #copies = new Map<string, Copies>();

  copy(run: Run, at: Date): void {
    const copies = this.#copies.get(run.id) ?? { env: run.env, shown: null, underway: [] };
    this.#copies.set(run.id, copies);
    copies.underway.push({ at: at.getTime() + LAG_MS, copy: listedRun(run) });
  }

  /** The newest first. */
  page(env: Environment, query: URLSearchParams, now: Date): Page | Refusal {
    const statuses = words(query.get("filter[status]"));
    const unknown = statuses?.filter((status) => !RUN_STATUSES.some((known) => known === status)) ?? [];
    if (unknown.length > 0) return { status: 400, error: "Query Error" };
    const found = this.#shown(env, now)
      .filter((run) => fits(run, query, now))
      .sort((a, b) => placeOf(b) - placeOf(a) || (a.id < b.id ? 1 : -1));
    return pageOf(found, query);
  }

  #shown(env: Environment, now: Date): ListedRun[] {
    const runs: ListedRun[] = [];
    for (const copies of this.#copies.values()) {
      if (copies.env !== env) continue;
      while ((copies.underway[0]?.at ?? Number.POSITIVE_INFINITY) <= now.getTime()) {
        copies.shown = copies.underway.shift()?.copy ?? null;
      }
      if (copies.shown !== null) runs.push(copies.shown);
    }
    return runs;
  }
}

const words = (text: string | null): readonly string[] | null =>
  text === null || text === "" ? null : text.split(",");
const placeOf = (run: ListedRun): number => run.createdAt.getTime();

/** The filters that the platform has for what is kept here; others are ignored. */
function fits(run: ListedRun, query: URLSearchParams, now: Date): boolean {
  const oneOf = (name: string, ...values: (string | undefined)[]): boolean => {
    const wanted = words(query.get(`filter[${name}]`));
    return wanted === null || values.some((value) => value !== undefined && wanted.includes(value));
  };
  const from = instant(query.get("filter[createdAt][from]"));
  const to = instant(query.get("filter[createdAt][to]"));
  const period = durationMs(query.get("filter[createdAt][period]") ?? "");
  const created = placeOf(run);
  return (
    oneOf("status", run.status) &&
    oneOf("taskIdentifier", run.taskIdentifier) &&
    oneOf("version", run.version) &&
    oneOf("tag", ...run.tags) &&
    oneOf("isTest", String(run.isTest)) &&
    (from === null || created >= from) &&
    (to === null || created <= to) &&
    (period === null || created >= now.getTime() - period)
  );
}

/** Unix milliseconds, or a date. */
function instant(text: string | null): number | null {
  if (text === null || text === "") return null;
  return /^\d+$/.test(text) ? Number(text) : new Date(text).getTime();
}

/** Pages lie between cursors; a cursor is the place of the run at a page's edge. */
function pageOf(found: readonly ListedRun[], query: URLSearchParams): Page {
  const size = Number(query.get("page[size]") ?? PAGE_SIZE);
  const at = (cursor: string | null): number =>
    cursor === null ? -1 : found.findIndex((run) => cursorOf(run) === cursor);
  const after = at(query.get("page[after]"));
  const before = at(query.get("page[before]"));
  const start = before >= 0 ? Math.max(0, before - size) : after + 1;
  const data = found.slice(start, before >= 0 ? before : start + size);
  const [first, last] = [data.at(0), data.at(-1)];
  return {
    data,
    pagination: {
      ...(last !== undefined && start + data.length < found.length ? { next: cursorOf(last) } : {}),
      ...(first !== undefined && start > 0 ? { previous: cursorOf(first) } : {}),
    },
  };
}

function cursorOf(run: ListedRun): string {
  return Buffer.from(JSON.stringify({ c: placeOf(run), r: run.id.replace("run_", "") })).toString("base64");
}
