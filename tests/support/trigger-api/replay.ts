import * as z from "zod";
import { routeOf } from "./front-door.ts";
import { comparable, comparableHeaders, type Recorded } from "./recordings.ts";
import { RUN_STATUSES } from "./run.ts";
import { startTriggerApi, type TriggerApi } from "./trigger-api.ts";

/** What of an answer is compared: its status, its body and its headers, without what differs from day to day. */
interface Compared {
  readonly status: number;
  readonly headers: unknown;
  readonly body: unknown;
}

export type Replayed =
  | { readonly kind: "compared"; readonly recorded: Compared; readonly answered: Compared }
  | { readonly kind: "no such route" };

/** As much of a recorded run as tells how to bring one of the stand-in's into its state. */
const runBody = z.looseObject({
  id: z.string(),
  taskIdentifier: z.string(),
  status: z.enum(RUN_STATUSES),
  createdAt: z.coerce.date(),
  startedAt: z.coerce.date().optional(),
  delayedUntil: z.string().optional(),
  idempotencyKey: z.string().optional(),
  ttl: z.string().optional(),
  payload: z.unknown().optional(),
  output: z.unknown().optional(),
  error: z.object({ name: z.string().optional(), message: z.string() }).optional(),
  attemptCount: z.int().default(1),
});
type RunBody = z.output<typeof runBody>;

const TASKS = { tasks: ["publish-post", "publish-thread", "parent-task"], queues: [] };
const KEYS = { "Bearer tr_dev_…": "tr_dev_standin", "Bearer tr_prod_…": "tr_prod_standin" } as const;

/** Puts recorded requests to a stand-in of its own, at their recorded times, and brings runs into their recorded states. */
export class Replay implements AsyncDisposable {
  readonly #api: TriggerApi;
  readonly #clock: { now: Date };
  /** The stand-in's run for a recorded one. */
  readonly #ids = new Map<string, string>();

  private constructor(api: TriggerApi, clock: { now: Date }) {
    this.#api = api;
    this.#clock = clock;
  }

  /** In development there is a worker; in production nothing was deployed yet. */
  static async start(recordings: readonly Recorded[]): Promise<Replay> {
    const clock = { now: new Date(0) };
    const secretKeys = Object.values(KEYS);
    const projectRef = recordings
      .map(({ path }) => /\/projects\/(\w+)/.exec(path)?.[1])
      .find((ref) => ref !== undefined);
    const api = await startTriggerApi({ secretKeys, projectRef, deployment: null, now: () => clock.now });
    api.deploy(TASKS, "dev");
    return new Replay(api, clock);
  }

  async exchange(recorded: Recorded): Promise<Replayed> {
    const url = new URL(recorded.path, this.#api.url);
    const found = routeOf({ method: recorded.method, path: url.pathname });
    if (found === null) return { kind: "no such route" };
    this.#clock.now = recorded.at;
    if (recorded.status === 200 || recorded.status === 400) {
      await this.#prepare(found.route.template, found.names["id"] ?? "", recorded);
    }
    for (const [theirs, ours] of this.#ids) url.pathname = url.pathname.replace(theirs, ours);
    this.#clock.now = recorded.at;
    const answered = await this.#send(recorded.method, `${url.pathname}${url.search}`, recorded);
    const created = z.object({ id: z.string() }).safeParse(answered.body);
    const wanted = z.object({ id: z.string(), isCached: z.boolean() }).safeParse(recorded.resBody);
    if (created.success && wanted.success) this.#ids.set(wanted.data.id, created.data.id);
    return {
      kind: "compared",
      recorded: {
        status: recorded.status,
        headers: comparableHeaders(recorded.resHeaders),
        body: comparable(recorded.resBody),
      },
      answered: { ...answered, headers: comparableHeaders(answered.headers), body: comparable(answered.body) },
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#api.stop();
  }

  /** What must have happened before: only some of the exchanges were recorded. */
  async #prepare(route: string, id: string, recorded: Recorded): Promise<void> {
    switch (route) {
      case "/api/v3/runs/:id": {
        const body = runBody.parse(recorded.resBody);
        await this.#known(body, recorded);
        await this.#bring(body, recorded);
        return;
      }
      case "/api/v1/runs/:id/reschedule":
      case "/api/v2/runs/:id/cancel":
        if (!this.#ids.has(id)) await this.#delayed(id, recorded);
        return;
      case "/api/v1/runs":
        for (const item of z
          .object({ data: z.array(runBody) })
          .parse(recorded.resBody)
          .data.reverse()) {
          await this.#known(item, recorded);
          this.#clock.now = item.startedAt ?? item.createdAt;
          await this.#bring(item, recorded);
        }
        return;
      case "/api/v1/idempotencyKeys/:id/reset": {
        const { taskIdentifier } = z.object({ taskIdentifier: z.string() }).parse(recorded.reqBody);
        await this.#trigger(taskIdentifier, {}, { idempotencyKey: id, delay: "1h" }, recorded);
        return;
      }
      default:
        return;
    }
  }

  /** Makes the run of a recorded answer, unless its trigger was recorded too. */
  async #known(body: RunBody, recorded: Recorded): Promise<void> {
    if (this.#ids.has(body.id)) return;
    this.#clock.now = body.createdAt;
    const { idempotencyKey: key, delayedUntil: delay } = body;
    const options = {
      ...(key === undefined ? {} : { idempotencyKey: key, idempotencyKeyOptions: { key, scope: "run" } }),
      ...(delay === undefined ? {} : { delay }),
    };
    this.#ids.set(body.id, await this.#trigger(body.taskIdentifier, body.payload, options, recorded));
    this.#clock.now = recorded.at;
  }

  async #delayed(id: string, recorded: Recorded): Promise<void> {
    const body = runBody.safeParse(recorded.resBody);
    const payload = body.success ? body.data.payload : {};
    this.#ids.set(id, await this.#trigger("publish-post", payload, { delay: "1h" }, recorded));
  }

  async #bring(body: RunBody, recorded: Recorded): Promise<void> {
    const { worker } = this.#api;
    const id = this.#ids.get(body.id) ?? "";
    switch (body.status) {
      case "DELAYED":
      case "QUEUED":
      case "PENDING_VERSION":
      case "EXPIRED":
        // The clock alone brings a run there.
        return;
      case "DEQUEUED":
        worker.dequeue(id);
        return;
      case "EXECUTING":
        worker.begin(id);
        return;
      case "COMPLETED":
        worker.complete(id, body.output);
        return;
      case "CANCELED":
        if (body.startedAt !== undefined) worker.begin(id);
        await this.#send("POST", `/api/v2/runs/${id}/cancel`, { ...recorded, reqBody: "" });
        return;
      case "FAILED":
        worker.fail(id, Object.assign(new Error(body.error?.message), { name: body.error?.name }));
        return;
      case "CRASHED":
        for (let attempt = worker.begin(id).attemptCount; attempt < body.attemptCount; attempt += 1) {
          worker.retry(id, this.#clock.now);
          worker.begin(id);
        }
        worker.crash(id, /\((\w+)\)/.exec(body.error?.message ?? "")?.[1]);
        return;
      case "WAITING":
      case "SYSTEM_FAILURE":
      case "TIMED_OUT":
        throw new Error(`No recording of ${body.status} was known.`);
      default:
        return body.status satisfies never;
    }
  }

  async #trigger(task: string, payload: unknown, options: object, recorded: Recorded): Promise<string> {
    const request = { ...recorded, status: 200, reqBody: { payload, options } };
    const { body } = await this.#send("POST", `/api/v1/tasks/${task}/trigger`, request);
    return z.object({ id: z.string() }).parse(body).id;
  }

  async #send(method: string, path: string, { reqHeaders, reqBody, status }: Recorded) {
    const { authorization: kind, "content-length": _, ...headers } = reqHeaders;
    const key = Object.entries(KEYS).find(([prefix]) => prefix === kind)?.[1];
    if (key !== undefined) headers["authorization"] = `Bearer ${status === 401 ? "tr_dev_wrong" : key}`;
    const body = typeof reqBody === "string" ? reqBody : JSON.stringify(reqBody);
    const response = await fetch(`${this.#api.url}${path}`, { method, headers, ...(body === "" ? {} : { body }) });
    const answered: unknown = await response.json();
    return { status: response.status, headers: Object.fromEntries(response.headers), body: answered };
  }
}
