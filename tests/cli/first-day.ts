import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Person } from "../support/person.ts";
import { Terminal } from "./tmux.ts";

const UNSET = ["PSN_TIMEZONE", "DATABASE_URL", "X_CLIENT_ID", "X_CLIENT_SECRET"] as const;

/** Somebody on the first day, at a terminal: a database that answers, an X, and nothing that psn knows. */
export class FirstDay {
  readonly person: Person;
  /** What is theirs to tell psn. */
  readonly given: Readonly<Record<(typeof UNSET)[number], string>>;
  terminal: Terminal;

  private constructor(person: Person, given: FirstDay["given"], terminal: Terminal) {
    this.person = person;
    this.given = given;
    this.terminal = terminal;
  }

  static async begin(env: Readonly<Record<string, string>>): Promise<FirstDay> {
    const person = await Person.arrive({ signedIn: false, env });
    const { PSN_TIMEZONE = "", DATABASE_URL = "", X_CLIENT_ID = "", X_CLIENT_SECRET = "" } = person.env;
    const given = { PSN_TIMEZONE, DATABASE_URL, X_CLIENT_ID, X_CLIENT_SECRET };
    for (const name of UNSET) delete person.env[name];
    return new FirstDay(person, given, await Terminal.open(person.env, person.home));
  }

  get hubFile(): string {
    return join(this.person.home, "config", "hub.env");
  }

  get secretsFile(): string {
    return join(this.person.home, ".config", "psn", "secrets.env");
  }

  /** What a file of settings holds; nothing when it is not there. */
  kept(file: string): string {
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /** The settings that are stored, by name. */
  names(): (string | undefined)[] {
    const both = `${this.kept(this.hubFile)}\n${this.kept(this.secretsFile)}`;
    return [...both.matchAll(/^(\w+)=/gm)].map(([, name]) => name).sort();
  }

  /** The day is over: everything is known, and they are signed in. */
  async allKnown(): Promise<void> {
    Object.assign(this.person.env, this.given, { PSN_ENGINE: "local" });
    await this.person.beSignedIn();
    await this.renew();
  }

  /** Another terminal, with the environment of now. */
  async renew(): Promise<Terminal> {
    await this.terminal.close();
    this.terminal = await Terminal.open(this.person.env, this.person.home);
    return this.terminal;
  }

  async leave(): Promise<void> {
    await this.terminal.close();
    Object.assign(this.person.env, this.given);
    await this.person.leave();
  }
}

/** The address that the wizard shows last. */
export const urlOn = (screen: string): string =>
  /http:\/\/127\.0\.0\.1:\d+\/i\/oauth2\/authorize\S+/.exec(
    screen.slice(screen.lastIndexOf("Open this address")),
  )?.[0] ?? "";
