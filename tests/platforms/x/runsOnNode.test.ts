import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closedPort, json, NO_HOST, RawServer, type Received, ScriptedX, TWEET_ID } from "./support.ts";

const node = Bun.which("node");
if (node === null) console.log("skipped: there is no node to run the client on");

const folder = await mkdtemp(join(tmpdir(), "psn-x-node-"));
afterAll(() => rm(folder, { recursive: true }));

const TOKENS = { access_token: "node-new-access", refresh_token: "node-new-refresh", expires_in: 7200 };

/** X as the script meets it. */
function answer({ path }: Received): Response {
  if (path === "/2/oauth2/token") return json(TOKENS);
  return json({ data: { id: TWEET_ID, deleted: true } }, path === "/2/tweets" ? 201 : 200);
}

/** Builds the script for Node and runs it against one server of each kind. */
async function runOnNode(node: string) {
  const built = await Bun.build({
    entrypoints: [new URL("./nodeScript.ts", import.meta.url).pathname],
    target: "node",
    outdir: folder,
    naming: "script.mjs",
  });
  if (!built.success) throw new AggregateError(built.logs, "the script can't be built for Node");
  await using x = new ScriptedX(answer);
  await using closing = await RawServer.listen((s) => s.end());
  await using resetting = await RawServer.listen((s) => s.resetAndDestroy());
  await using silent = await RawServer.listen(() => {});
  const urls = [x.url, `http://127.0.0.1:${await closedPort()}`, closing.url, resetting.url, silent.url];
  const plain = closing.url.replace("http:", "https:");
  const run = Bun.spawn([node, join(folder, "script.mjs"), ...urls, plain, NO_HOST], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, errors] = await Promise.all([run.stdout.text(), run.stderr.text()]);
  if ((await run.exited) !== 0) throw new Error(errors);
  return { report: JSON.parse(out), received: x.received };
}

describe.skipIf(node === null)("on Node", () => {
  test("the client, the sign-in and secrets do what they do on Bun", async () => {
    const { report, received } = await runOnNode(node ?? "");
    expect(report).toMatchObject({
      created: { id: TWEET_ID },
      uploaded: { ok: true, value: { id: TWEET_ID } },
      deleted: { ok: true, value: { wasGone: false } },
      refused: ["safe", "unreachable"],
      closed: ["ambiguous", "no_answer"],
      reset: ["ambiguous", "no_answer"],
      silent: ["ambiguous", "timed_out"],
      plain: ["safe", "tls_failed"],
      unknownHost: ["safe", "unreachable"],
      refresh: "[secret]",
      refreshRefused: { code: "outage", sent: false },
      refreshClosed: { code: "outage", sent: true },
      refreshSilent: { code: "outage", sent: true },
      paste: "abc",
    });
    expect(report.secret.join()).not.toContain("node-access-token");
    const upload = received.find((r) => r.path === "/2/media/upload");
    expect(upload?.headers.get("content-type")).toStartWith("multipart/form-data; boundary=");
    expect(upload?.text).toContain('name="media"; filename="node.png"\r\nContent-Type: image/png\r\n\r\nthe image\r\n');
    expect(upload?.text).toContain('name="media_category"\r\n\r\ntweet_image\r\n');
  });
});
