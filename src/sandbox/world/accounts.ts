import * as z from "zod";

export const accountSchema = z.strictObject({
  /** Without @; it names the account everywhere in the sandbox. */
  handle: z.string().regex(/^\w{1,15}$/),
  name: z.string().optional(),
  id: z
    .string()
    .regex(/^[0-9]{1,19}$/)
    .optional(),
  subscription: z.enum(["None", "Basic", "Premium", "PremiumPlus"]).optional(),
  verifiedType: z.enum(["none", "blue", "business", "government"]).optional(),
  protected: z.boolean().optional(),
  suspended: z.boolean().optional(),
});

export type AccountSeed = z.output<typeof accountSchema>;

export interface Account {
  readonly id: string;
  readonly handle: string;
  name: string;
  subscription: "None" | "Basic" | "Premium" | "PremiumPlus";
  verifiedType: "none" | "blue" | "business" | "government";
  protected: boolean;
  suspended: boolean;
  readonly createdAt: Date;
}

/** The weighted length that X allows: 25,000 with Premium (X changelog 2024-08-20), else 280. */
export function textLimit(account: Account): number {
  return account.subscription === "Premium" || account.subscription === "PremiumPlus" ? 25_000 : 280;
}

/** The accounts that exist. Those that psn signs in with and strangers are the same kind of thing. */
export class Accounts {
  readonly #byHandle = new Map<string, Account>();

  /** Adds an account, or changes what the seed names of one that is there. */
  put(seed: AccountSeed): Account {
    const known = this.#byHandle.get(seed.handle.toLowerCase());
    const account: Account = known ?? {
      // Older than every tweet of the sandbox, and different for every account.
      id: seed.id ?? (1_553_086_854_915_936_256n + BigInt(this.#byHandle.size) * 4_194_304n).toString(),
      handle: seed.handle,
      name: seed.handle,
      subscription: "None",
      verifiedType: "none",
      protected: false,
      suspended: false,
      createdAt: new Date("2022-07-29T18:20:00Z"),
    };
    account.name = seed.name ?? account.name;
    account.subscription = seed.subscription ?? account.subscription;
    account.verifiedType = seed.verifiedType ?? account.verifiedType;
    account.protected = seed.protected ?? account.protected;
    account.suspended = seed.suspended ?? account.suspended;
    this.#byHandle.set(account.handle.toLowerCase(), account);
    return account;
  }

  all(): Account[] {
    return [...this.#byHandle.values()];
  }

  find(handle: string): Account | undefined {
    return this.#byHandle.get(handle.replace(/^@/, "").toLowerCase());
  }

  withId(id: string): Account | undefined {
    return this.all().find((account) => account.id === id);
  }

  /** The account of this handle, or the first one when no handle is given. */
  require(handle?: string | null): Account {
    const account = handle === undefined || handle === null ? this.all()[0] : this.find(handle);
    if (account === undefined) throw new Error(`The sandbox has no account @${handle ?? ""}.`);
    return account;
  }
}
