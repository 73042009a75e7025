import { PsnError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import { bold, green, yellow } from "../render/style.ts";
import type { Cli } from "../support/cli.ts";
import { defineCommand, type Outcome } from "../support/command.ts";
import { readStdin } from "../support/input.ts";
import { notice } from "../support/output.ts";
import { asked, askedSecretly } from "../support/prompts.ts";
import { type AppCredentials, type AppVerdict, appGuide, liftAppHolds, probeApp, storeApp } from "../support/xApp.ts";

const SECRET_BYTES = 4 * 1024;

interface Options {
  readonly clientId?: string;
  readonly stdin?: boolean;
  readonly public?: boolean;
}

export default defineCommand({
  name: "x-app",
  summary:
    "Tell psn your X app: its client id, and its secret by stdin. Without options: the guide, or a check of what is stored",
  examples: ["psn setup x-app", "psn setup x-app --client-id ID --stdin < secret.txt"],
  configure: (command) =>
    command
      .option("--client-id <id>", "the OAuth 2.0 Client ID of the app")
      .option("--stdin", "read the OAuth 2.0 Client Secret from stdin")
      .option("--public", "the app has no secret (a native app)"),
  run: async (cli, command): Promise<Outcome> => {
    const options = command.opts<Options>();
    const given = await givenApp(cli, options);
    const stored = storedApp(cli);
    const app = given ?? stored ?? (await promptedApp(cli));
    const verdict = await probeApp(cli.config, app);
    if (app !== stored) await storeApp(cli.config, app);
    cli.reload();
    const resumed = verdict === "accepted" ? await liftAppHolds(cli) : 0;
    return told(cli, app, verdict, resumed);
  },
});

async function givenApp(cli: Cli, options: Options): Promise<AppCredentials | undefined> {
  const { clientId } = options;
  if (clientId === undefined) {
    if (options.stdin !== true && options.public !== true) return undefined;
    throw new PsnError("usage", "Whose secret? Give --client-id ID with it.", { next: "psn setup x-app --help" });
  }
  if (options.public === true) return { clientId: clientId.trim() };
  const secret = options.stdin === true ? await secretFromStdin() : await promptedSecret(cli);
  return { clientId: clientId.trim(), clientSecret: secret };
}

async function secretFromStdin(): Promise<Secret> {
  const text = new TextDecoder().decode(await readStdin(SECRET_BYTES)).trim();
  if (text === "") {
    throw new PsnError("input_needed", "Nothing came by stdin; the secret must.", {
      next: "psn setup x-app --client-id ID --stdin",
    });
  }
  return new Secret(text);
}

function storedApp({ config }: Cli): AppCredentials | undefined {
  const { clientId, clientSecret } = config.x;
  if (clientId === undefined) return undefined;
  return clientSecret === undefined ? { clientId } : { clientId, clientSecret };
}

async function promptedApp(cli: Cli): Promise<AppCredentials> {
  const guide = appGuide(cli.config.x.callbackUrl);
  if (!cli.interactive) {
    throw new PsnError(
      "input_needed",
      "psn does not know your X app yet: it needs a client id, and the secret by stdin.",
      {
        next: "psn setup x-app --client-id ID --stdin",
        details: { guide, callbackUrl: cli.config.x.callbackUrl },
      },
    );
  }
  notice(guide.map((line, index) => `${index + 1}. ${line}`).join("\n"));
  const clientId = await asked("OAuth 2.0 Client ID", (text) => (/^\S+$/.test(text.trim()) ? undefined : "one word"));
  return { clientId: clientId.trim(), clientSecret: await promptedSecret(cli) };
}

async function promptedSecret(cli: Cli): Promise<Secret> {
  if (!cli.interactive) {
    throw new PsnError("input_needed", "The client secret must come by stdin here (or --public: there is none).", {
      next: "psn setup x-app --client-id ID --stdin",
    });
  }
  return askedSecretly("OAuth 2.0 Client Secret (not shown)");
}

function told(
  { config }: Cli,
  { clientId, clientSecret }: AppCredentials,
  verdict: AppVerdict,
  resumed: number,
): Outcome {
  const data = {
    clientId,
    secret: clientSecret !== undefined,
    callbackUrl: config.x.callbackUrl,
    accepted: verdict === "accepted",
    resumed,
    next: "psn setup x-auth start",
  };
  const goesOn = resumed === 0 ? "" : `. ${resumed} waiting ${resumed === 1 ? "post goes" : "posts go"} on`;
  const mark = verdict === "accepted" ? green("✓") : yellow("!");
  const says = verdict === "accepted" ? "X accepts the app" : "X did not answer, so the app is stored unchecked:";
  return { data, text: `${mark} ${says} ${bold(clientId)}. Its callback must be ${config.x.callbackUrl}${goesOn}` };
}
