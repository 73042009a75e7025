import {
  GetEnvironmentVariablesResponseBody,
  GetProjectEnvResponse,
  InitializeDeploymentResponseBody,
} from "@trigger.dev/core/v3";
import { z } from "zod";
import { KEY, PROJECT } from "./deployment.ts";

const imported = z.object({
  variables: z.record(z.string(), z.string()),
  override: z.boolean(),
  isSecret: z.boolean().default(false),
});

/** What the CLI sent to be stored as variables of the worker. */
type Import = Readonly<z.infer<typeof imported>>;

/**
 * As much of Trigger.dev as the CLI asks before it has an image built, up to the secret variables: it takes them and never
 * says so, and there a test ends the deploy. The shapes are those of the CLI's own schemas; none of
 * this was recorded at the platform.
 */
export function startPlatform(): Disposable & { readonly url: string; readonly imports: readonly Import[] } {
  const imports: Import[] = [];
  const answers: Readonly<Record<string, () => Response>> = {
    [`/api/v1/projects/${PROJECT}/prod`]: () =>
      Response.json(
        GetProjectEnvResponse.parse({ apiKey: KEY, name: "hub", apiUrl: server.url.origin, projectId: "1" }),
      ),
    [`/api/v1/projects/${PROJECT}/envvars`]: () =>
      Response.json(GetEnvironmentVariablesResponseBody.parse({ variables: {} })),
    "/api/v1/deployments": () =>
      Response.json(
        InitializeDeploymentResponseBody.parse({
          ...{ id: "deployment_1", contentHash: "none", shortCode: "none", version: "20261122.1" },
          ...{ imageTag: "none", imagePlatform: "linux/amd64" },
          externalBuildData: { buildId: "none", buildToken: "none", projectId: "none" },
        }),
      ),
  };
  const never = new Promise<Response>(() => undefined);
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname.endsWith("/import")) {
        const given = imported.parse(await request.json());
        imports.push(given);
        return given.isSecret ? await never : Response.json({ success: true });
      }
      return answers[pathname]?.() ?? Response.json({ error: "Not found" }, { status: 404 });
    },
  });
  return {
    url: server.url.origin,
    imports,
    [Symbol.dispose]: () => void server.stop(true),
  };
}
