import { isRecord, parseJson, type Reply, type SandboxRequest } from "../http.ts";
import type { Fault, FaultAction } from "./fault-script.ts";

export interface FaultView {
  readonly id: number;
  readonly kind: FaultAction["kind"];
  /** How many requests it struck. */
  readonly hits: number;
  /** How many of them wait to be released. */
  readonly holding: number;
  readonly spent: boolean;
}

/** The outcome of a request: an answer, or a connection that is closed without one. */
export type Outcome = Reply | "dropped";

interface ActiveFault {
  readonly id: number;
  readonly fault: Fault;
  seen: number;
  hits: number;
  readonly held: Set<() => void>;
}

/** The faults that were scripted, in order; the first that matches a request strikes it. */
export class FaultBook {
  readonly #faults: ActiveFault[] = [];
  #nextId = 1;

  add(fault: Fault): number {
    const id = this.#nextId++;
    this.#faults.push({ id, fault, seen: 0, hits: 0, held: new Set() });
    return id;
  }

  /** Removes every fault and lets go of what they hold. */
  clear(): void {
    this.release();
    this.#faults.length = 0;
  }

  /** Lets held requests go on: those of one fault, or all. Returns how many there were. */
  release(id?: number): number {
    const waiting = this.#faults.filter((f) => id === undefined || f.id === id).flatMap((f) => [...f.held]);
    for (const letGo of waiting) letGo();
    return waiting.length;
  }

  /** The fault that strikes this request, counted as used; `route` is the template that it reached. */
  take(request: SandboxRequest, route: string): ActiveFault | null {
    for (const active of this.#faults) {
      const { match } = active.fault;
      if (isSpent(active) || !matches(match, request, route)) continue;
      active.seen += 1;
      if (active.seen < (match.nth ?? 1)) continue;
      active.hits += 1;
      return active;
    }
    return null;
  }

  /** Carries an action out. `process` is what X does with the request; it runs at most once. */
  async strike(active: ActiveFault, process: () => Promise<Reply>): Promise<Outcome> {
    let done: Promise<Reply> | undefined;
    const once = (): Promise<Reply> => {
      done ??= process();
      return done;
    };
    return this.#perform(active.fault.action, active, once);
  }

  view(): FaultView[] {
    return this.#faults.map((active) => ({
      id: active.id,
      kind: active.fault.action.kind,
      hits: active.hits,
      holding: active.held.size,
      spent: isSpent(active),
    }));
  }

  async #perform(action: FaultAction, active: ActiveFault, process: () => Promise<Reply>): Promise<Outcome> {
    switch (action.kind) {
      case "answer":
        return scriptedReply(action);
      case "answer_after":
        await process();
        return scriptedReply(action);
      case "drop":
        if (action.when === "after") await process();
        return "dropped";
      case "garble":
        return garbled(await process(), action.as ?? "no_id");
      case "delay":
      case "hold": {
        if (action.when === "after") await process();
        await (action.kind === "delay" ? Bun.sleep(action.ms) : this.#hold(active));
        return action.next === undefined ? process() : this.#perform(action.next, active, process);
      }
      default:
        return action satisfies never;
    }
  }

  #hold(active: ActiveFault): Promise<void> {
    return new Promise((resolve) => {
      const letGo = (): void => {
        active.held.delete(letGo);
        resolve();
      };
      active.held.add(letGo);
    });
  }
}

function isSpent({ fault, hits }: ActiveFault): boolean {
  return fault.times !== "always" && hits >= fault.times;
}

function matches(match: Fault["match"], request: SandboxRequest, route: string): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== request.method) return false;
  if (match.path !== undefined && match.path !== route && !pathMatches(match.path, request.path)) return false;
  return match.bodyIncludes === undefined || Buffer.from(request.body).includes(match.bodyIncludes);
}

function pathMatches(pattern: string, path: string): boolean {
  return pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}

function scriptedReply(action: Extract<FaultAction, { status: number }>): Reply {
  const headers = Object.fromEntries(Object.entries(action.headers ?? {}).map(([k, v]) => [k.toLowerCase(), v]));
  if (action.body === undefined) return { status: action.status, headers, body: "" };
  if (typeof action.body === "string") {
    return { status: action.status, headers: { "content-type": "text/html", ...headers }, body: action.body };
  }
  const body = JSON.stringify(action.body);
  return { status: action.status, headers: { "content-type": "application/json", ...headers }, body };
}

/** A success that can't be read. A refusal stays as it is: nothing was made that could be lost. */
function garbled(reply: Reply, as: "no_id" | "broken_json" | "empty" | "html"): Reply {
  if (reply.status < 200 || reply.status > 299) return reply;
  switch (as) {
    case "no_id":
      return { ...reply, body: withoutId(reply.body) };
    case "broken_json":
      return { ...reply, body: reply.body.slice(0, Math.floor(reply.body.length / 2)) };
    case "empty":
      return { ...reply, body: "" };
    case "html":
      return {
        ...reply,
        headers: { ...reply.headers, "content-type": "text/html" },
        body: "<html><body>OK</body></html>",
      };
    default:
      return as satisfies never;
  }
}

function withoutId(body: string): string {
  const parsed = parseJson(body);
  if (!parsed.ok || !isRecord(parsed.value) || !isRecord(parsed.value["data"])) return "{}";
  const { id: _, ...data } = parsed.value["data"];
  return JSON.stringify({ ...parsed.value, data });
}
