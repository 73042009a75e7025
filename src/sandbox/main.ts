import { parseArgs } from "node:util";
import { startSandbox } from "./server.ts";

/**
 * The sandbox as a process of its own: prints one JSON line with its URLs when it listens, and ends on SIGTERM or SIGINT.
 * Usage: bun src/sandbox/main.ts [--port N] [--client-id ID] [--client-secret SECRET | --public]
 *        [--redirect-uri URL]… [--account HANDLE]… [--app-name NAME]
 */
const { values } = parseArgs({
  options: {
    port: { type: "string" },
    "client-id": { type: "string" },
    "client-secret": { type: "string" },
    public: { type: "boolean" },
    "redirect-uri": { type: "string", multiple: true },
    account: { type: "string", multiple: true },
    "app-name": { type: "string" },
  },
});

const port = Number(values.port ?? 0);
if (!Number.isInteger(port) || port < 0 || port > 65_535)
  throw new Error(`--port takes 0 to 65535, not ${values.port}.`);

const sandbox = await startSandbox({
  port,
  clientId: values["client-id"],
  clientSecret: values.public === true ? null : values["client-secret"],
  redirectUris: values["redirect-uri"],
  accounts: values.account?.map((handle) => ({ handle })),
  appName: values["app-name"],
});

const end = (): void => {
  void sandbox.stop().then(() => process.exit(0));
};
process.once("SIGTERM", end);
process.once("SIGINT", end);

const { url, apiUrl, authorizeUrl } = sandbox;
console.log(JSON.stringify({ url, apiUrl, authorizeUrl }));
