import { describe, expect, test } from "bun:test";
import type { Socket } from "node:net";
import type { XCallName } from "../../../src/platforms/x/errors/failure.ts";
import { networkCode, reachOf } from "../../../src/platforms/x/errors/network.ts";
import { CALL_NAMES, EVERY_CALL, failureOf } from "./calls.ts";
import { CALL, clientOf, closedPort, NO_HOST, RawServer } from "./support.ts";

const HEAD = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n";
const OTHERS = CALL_NAMES.filter((name) => name !== "createTweet");

/** What a broken server does with a request, and what psn must call it. */
const BROKEN: readonly { name: string; code: string; does: (socket: Socket) => void; timeoutMs?: number }[] = [
  { name: "closes without an answer", code: "no_answer", does: (s) => s.end() },
  { name: "resets without an answer", code: "no_answer", does: (s) => s.resetAndDestroy() },
  { name: "sends garbage", code: "no_answer", does: (s) => s.end("garbage\r\n\r\n") },
  {
    name: "resets in the middle of the body",
    code: "no_answer",
    does: (s) => s.write(`${HEAD}{"da`, () => s.resetAndDestroy()),
  },
  { name: "closes in the middle of the body", code: "no_answer", does: (s) => s.end(`${HEAD}{"data":`) },
  { name: "never answers", code: "timed_out", does: () => {}, timeoutMs: 60 },
  { name: "sends headers and no body", code: "timed_out", does: (s) => s.write(HEAD), timeoutMs: 60 },
  {
    name: "sends the body drop by drop",
    code: "timed_out",
    does: (s) => {
      s.write(HEAD);
      const drip = setInterval(() => s.write(" "), 10);
      s.on("close", () => clearInterval(drip));
    },
    timeoutMs: 60,
  },
];

describe("a server that got the request and", () => {
  for (const { name, code, does, timeoutMs } of BROKEN) {
    const limit = timeoutMs === undefined ? {} : { timeoutMs };

    test(`${name}: a tweet is ambiguous and was sent once`, async () => {
      await using x = await RawServer.listen(does);
      const failure = failureOf(await EVERY_CALL.createTweet(clientOf(x.url, limit)));
      expect(failure).toMatchObject({ class: "ambiguous", code, next: "psn show ID" });
      expect(x.requests).toBe(1);
    });

    test(`${name}: everything else can be repeated`, async () => {
      await using x = await RawServer.listen(does);
      const failures = await Promise.all(
        OTHERS.map(async (c) => failureOf(await EVERY_CALL[c](clientOf(x.url, limit)))),
      );
      expect(failures.map((f) => `${f.class} ${f.code}`)).toEqual(OTHERS.map(() => `safe ${code}`));
    });
  }
});

/** What keeps a request from leaving this machine. */
const UNREACHABLE: readonly { name: string; code: string; url: () => Promise<string> }[] = [
  { name: "nobody listens", code: "unreachable", url: async () => `http://127.0.0.1:${await closedPort()}` },
  { name: "the host has no address", code: "unreachable", url: async () => NO_HOST },
];

describe("a request that never left is safe to repeat, a tweet too, when", () => {
  for (const { name, code, url } of UNREACHABLE) {
    test(name, async () => {
      const x = clientOf(await url());
      for (const call of CALL_NAMES) {
        expect(failureOf(await EVERY_CALL[call](x))).toMatchObject({ class: "safe", code, next: "psn setup doctor" });
      }
    });
  }

  test("the other end does not speak TLS", async () => {
    await using plain = await RawServer.listen((s) => s.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const failure = failureOf(await EVERY_CALL.createTweet(clientOf(plain.url.replace("http:", "https:"))));
    expect(failure).toMatchObject({ class: "safe", code: "tls_failed" });
  });
});

test("a body that breaks after X's headers came is a lost answer, whatever the error is called", async () => {
  const body = new ReadableStream({
    pull: (stream) =>
      stream.error(Object.assign(new TypeError("connect"), { code: "ECONNREFUSED", syscall: "connect" })),
  });
  const client = clientOf("http://unused", { fetch: async () => new Response(body, { status: 201 }) });
  expect(failureOf(await EVERY_CALL.createTweet(client))).toMatchObject({ class: "ambiguous", code: "no_answer" });
});

describe("the caller's signal", () => {
  test("given before the call sends nothing", async () => {
    await using x = await RawServer.listen(() => {});
    const call = { ...CALL, signal: AbortSignal.abort() };
    expect(failureOf(await EVERY_CALL.createTweet(clientOf(x.url), call))).toMatchObject({
      class: "safe",
      code: "stopped",
    });
    expect(x.requests).toBe(0);
  });

  test("given while X works leaves the tweet open and a read repeatable", async () => {
    const ends = async (name: XCallName) => {
      const stop = new AbortController();
      await using x = await RawServer.listen(() => stop.abort());
      return failureOf(await EVERY_CALL[name](clientOf(x.url), { ...CALL, signal: stop.signal }));
    };
    expect(await ends("createTweet")).toMatchObject({ class: "ambiguous", code: "stopped" });
    expect(await ends("ownTimeline")).toMatchObject({ class: "safe", code: "stopped" });
  });
});

test("a call without any time left sends nothing", async () => {
  await using x = await RawServer.listen(() => {});
  const failure = failureOf(await EVERY_CALL.createTweet(clientOf(x.url), { ...CALL, timeoutMs: 0 }));
  expect(failure).toMatchObject({ class: "safe", code: "stopped" });
  expect(x.requests).toBe(0);
});

test("a damaged token is a matter of signing in and sends nothing", async () => {
  await using x = await RawServer.listen(() => {});
  for (const accessToken of ["", "two words", "line\nbreak", "süß"]) {
    const failure = failureOf(await EVERY_CALL.createTweet(clientOf(x.url), { accessToken }));
    expect(failure).toMatchObject({ class: "sign_in", code: "token_malformed" });
  }
  expect(x.requests).toBe(0);
});

/** As Bun 1.4 and Node 20 threw them, with real sockets, certificates and resolvers. */
describe("how far a request got is told from what the runtime throws", () => {
  const bun = (code: string, message = "") => Object.assign(new TypeError(message), { code });
  const node = (cause: object) => new TypeError("fetch failed", { cause });
  const nodeError = (code: string, syscall?: string, message = "") =>
    Object.assign(new Error(message), { code, ...(syscall ? { syscall } : {}) });

  test.each([
    [
      "Bun refused",
      bun("ECONNREFUSED", "ECONNREFUSED: Unable to connect. Is the computer able to access the url?"),
      "not_sent",
    ],
    ["Bun unknown host", Object.assign(bun("ENOTFOUND"), { syscall: "getaddrinfo" }), "not_sent"],
    ["Bun before 1.4 refused", bun("ConnectionRefused"), "not_sent"],
    ["Bun no route", bun("EHOSTUNREACH", "EHOSTUNREACH: Unable to connect. Is the computer able…"), "not_sent"],
    ["Bun no network", bun("ENETUNREACH", "ENETUNREACH: Was there a typo in the url or port?"), "not_sent"],
    ["Bun no TLS", bun("EPROTO", "EPROTO: The TLS handshake failed. Does the server speak TLS on this port?"), "tls"],
    ["Bun foreign certificate", bun("DEPTH_ZERO_SELF_SIGNED_CERT", "self signed certificate"), "tls"],
    ["Bun certificate of another host", bun("ERR_TLS_CERT_ALTNAME_INVALID"), "tls"],
    ["Bun closed", bun("ECONNRESET", "ECONNRESET: The socket connection was closed unexpectedly."), "unknown"],
    ["Bun broken compression", bun("ZlibError"), "unknown"],
    ["Node refused", node(nodeError("ECONNREFUSED", "connect")), "not_sent"],
    ["Node reset while connecting", node(nodeError("ECONNRESET", "connect")), "not_sent"],
    ["Node unknown host", node(nodeError("ENOTFOUND", "getaddrinfo")), "not_sent"],
    ["Node connect time-out", node(nodeError("UND_ERR_CONNECT_TIMEOUT")), "not_sent"],
    [
      "Node refused on all addresses",
      node(new AggregateError([nodeError("ECONNREFUSED", "connect"), nodeError("ENETUNREACH", "connect")])),
      "not_sent",
    ],
    [
      "Node with one address in doubt",
      node(new AggregateError([nodeError("ECONNREFUSED", "connect"), nodeError("ECONNRESET", "read")])),
      "unknown",
    ],
    ["Node no TLS", node(nodeError("ERR_SSL_WRONG_VERSION_NUMBER")), "tls"],
    [
      "Node closed in the handshake",
      node(
        nodeError(
          "ECONNRESET",
          undefined,
          "Client network socket disconnected before secure TLS connection was established",
        ),
      ),
      "tls",
    ],
    ["Node closed", node(nodeError("UND_ERR_SOCKET", undefined, "other side closed")), "unknown"],
    ["Node reset", node(nodeError("ECONNRESET", "read")), "unknown"],
    ["Node lost its route in use", node(nodeError("EHOSTUNREACH", "read")), "unknown"],
    ["Node headers time-out", node(nodeError("UND_ERR_HEADERS_TIMEOUT")), "unknown"],
    ["an alert of TLS that can come late", node(nodeError("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED")), "unknown"],
    ["an abort", new DOMException("The operation was aborted.", "AbortError"), "unknown"],
    ["something nobody has seen", new Error("?"), "unknown"],
    ["no error at all", "a string", "unknown"],
  ] as const)("%s", (_name, error, reach) => {
    expect(reachOf(error)).toBe(reach);
  });

  test("the innermost code is what a person is told", () => {
    expect(networkCode(node(nodeError("ECONNRESET", "read")))).toBe("ECONNRESET");
    expect(networkCode(new Error("x"))).toBeUndefined();
  });
});
