/** What a deployment, or a running `trigger dev`, knows how to run. */
export interface Deployment {
  readonly tasks: readonly string[];
  /** Declared queues. A run that names another one parks in PENDING_VERSION, like one of an unknown task. */
  readonly queues: readonly string[];
}

export interface Variable {
  readonly value: string;
  readonly isSecret: boolean;
}

/** One environment of the project; whatever is asked with its key sees its runs and no others. */
export interface Environment {
  readonly id: string;
  readonly slug: "dev" | "prod";
  readonly secretKey: string;
  readonly projectRef: string;
  readonly variables: Map<string, Variable>;
  /** Null before the first one. */
  deployment: (Deployment & { readonly version: string }) | null;
  deployments: number;
}

/** The kind of the environment is in its key: `tr_dev_…` and `tr_prod_…`. */
export function environmentOf(secretKey: string, projectRef: string): Environment {
  const slug = /^tr_(dev|prod)_./.exec(secretKey)?.[1];
  if (slug !== "dev" && slug !== "prod") throw new Error(`A key begins with tr_dev_ or tr_prod_: ${secretKey}`);
  return {
    id: `c${slug.padEnd(24, "0")}`,
    slug,
    secretKey,
    projectRef,
    variables: new Map(),
    deployment: null,
    deployments: 0,
  };
}

export function deployTo(env: Environment, deployment: Deployment, now: Date): void {
  env.deployments += 1;
  const day = now.toISOString().slice(0, 10).replaceAll("-", "");
  env.deployment = { ...deployment, version: `${day}.${env.deployments}` };
}
