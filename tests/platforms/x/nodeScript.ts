/** Run by Node in runsOnNode.test.ts: uses the client against the addresses in its arguments and prints what came. */
import { inspect } from "node:util";
import { Secret } from "../../../src/core/secret.ts";
import { createXClient } from "../../../src/platforms/x/client.ts";
import { createXOAuth } from "../../../src/platforms/x/oauth.ts";
import { parsePaste } from "../../../src/platforms/x/paste.ts";

const [answering = "", refusing = "", closing = "", resetting = "", silent = "", plain = "", noHost = ""] =
  process.argv.slice(2);
const now = () => new Date();
const call = { accessToken: new Secret("node-access-token") };
const client = (apiUrl: string, timeoutMs = 5_000) => createXClient({ apiUrl, fetch, now, timeoutMs });
const oauth = (apiUrl: string, timeoutMs = 5_000) =>
  createXOAuth({
    clientId: "id",
    clientSecret: "secret",
    callbackUrl: "http://127.0.0.1/cb",
    authorizeUrl: `${apiUrl}/a`,
    apiUrl,
    now,
    timeoutMs,
  });

async function ending(apiUrl: string, timeoutMs?: number) {
  const answer = await client(apiUrl, timeoutMs).createTweet(call, { text: "hello from Node" });
  return answer.ok ? answer.value : [answer.failure.class, answer.failure.code];
}
async function refreshing(apiUrl: string, timeoutMs?: number) {
  const answer = await oauth(apiUrl, timeoutMs).refresh("old", { onLate: () => {} });
  return answer.ok ? inspect(answer.tokens.accessToken) : answer.failure;
}

const bytes = new TextEncoder().encode("the image");
const redirect = `http://127.0.0.1/cb?code=abc&state=s`;
const report = {
  created: await ending(answering),
  uploaded: await client(answering).uploadImage(call, { bytes, mime: "image/png", name: "node.png" }),
  deleted: await client(answering).deleteTweet(call, "1"),
  refused: await ending(refusing),
  closed: await ending(closing),
  reset: await ending(resetting),
  silent: await ending(silent, 60),
  plain: await ending(plain),
  unknownHost: await ending(noHost),
  refresh: await refreshing(answering),
  refreshRefused: await refreshing(refusing),
  refreshClosed: await refreshing(closing),
  refreshSilent: await refreshing(silent, 60),
  secret: [`${call.accessToken}`, inspect({ call }), JSON.stringify(call)],
  paste: parsePaste(redirect, { state: "s", callbackUrl: "http://127.0.0.1/cb" }).code.reveal(),
};
process.stdout.write(JSON.stringify(report), () => process.exit(0));
