/**
 * Whether a request that ended in an error can have reached X. `not_sent` and `tls` are certain: no byte of the
 * request left. Everything else, also what nobody has seen yet, is `unknown`.
 */
export type Reach = "not_sent" | "tls" | "unknown";

/**
 * Measured on Bun 1.4 and Node 20 (undici) with real sockets: Bun throws a TypeError with `code`, Node one whose
 * `cause` has it. A reset or a close is ECONNRESET or UND_ERR_SOCKET whether it came before or after the request,
 * so those are never listed here.
 */
const NOT_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "EAI_NODATA",
  "EAI_NONAME",
  "UND_ERR_CONNECT_TIMEOUT",
  "ERR_INVALID_URL",
  // names that earlier versions of Bun use
  "ConnectionRefused",
  "FailedToOpenSocket",
  "DNSResolutionFailed",
]);

/** The server's certificate is refused before the request goes out (checked with a server that counts the bytes). */
const CERTIFICATE =
  /^(CERT_\w+|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER_CERT|GET_ISSUER_CERT_LOCALLY|VERIFY_LEAF_SIGNATURE)|ERR_TLS_CERT_ALTNAME_INVALID|ERR_SSL_WRONG_VERSION_NUMBER)$/;
const NO_HANDSHAKE = /TLS handshake failed|before secure TLS connection was established/;

/**
 * Bun's sentences for a connection that was never made. Its EHOSTUNREACH and ENETUNREACH need them: these codes alone
 * can also end a connection that was in use, when a laptop loses its network.
 */
const NO_CONNECTION = /Unable to connect\.|typo in the url or port/;

/** How far a request got, from what `fetch` threw. */
export function reachOf(error: unknown): Reach {
  for (let e = error; isErrorLike(e); e = e.cause) {
    if (Array.isArray(e.errors) && e.errors.length > 0) return reachOfAll(e.errors.map(reachOf));
    // A system call that failed while connecting: no connection, so no request.
    if (e.syscall === "connect" || e.syscall === "getaddrinfo") return "not_sent";
    if (typeof e.code === "string" && NOT_SENT.has(e.code)) return "not_sent";
    if (typeof e.code === "string" && CERTIFICATE.test(e.code)) return "tls";
    if (typeof e.message === "string" && NO_CONNECTION.test(e.message)) return "not_sent";
    if (typeof e.message === "string" && NO_HANDSHAKE.test(e.message)) return "tls";
  }
  return "unknown";
}

/** Several addresses were tried at once: certain only when each of them is. */
function reachOfAll(all: readonly Reach[]): Reach {
  if (all.includes("unknown")) return "unknown";
  return all.includes("tls") ? "tls" : "not_sent";
}

/** The code of the innermost error that has one, for `detail`. Messages are left out: they can hold addresses. */
export function networkCode(error: unknown): string | undefined {
  let code: string | undefined;
  for (let e = error; isErrorLike(e); e = e.cause) {
    if (typeof e.code === "string") code = e.code;
  }
  return code;
}

interface ErrorLike {
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly syscall?: unknown;
  readonly message?: unknown;
  readonly errors?: unknown;
}

function isErrorLike(value: unknown): value is ErrorLike {
  return typeof value === "object" && value !== null;
}
