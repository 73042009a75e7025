import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Config, loadConfig } from "../../src/config/load.ts";
import { SETTING_NAMES, SETTINGS, type SettingName } from "../../src/config/settings.ts";

const example = readFileSync(fileURLToPath(new URL("../../config/hub.env.example", import.meta.url)), "utf8");
const placed = (place: "plain" | "secret" | "env") => SETTING_NAMES.filter((name) => SETTINGS[name].place === place);
const defaultOf = (name: SettingName): string | undefined => {
  const setting = SETTINGS[name];
  return "default" in setting ? setting.default : undefined;
};

const home = mkdtempSync(join(tmpdir(), "psn-example-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** What psn makes of this text as its config/hub.env. */
function loaded(text: string): Config {
  const folder = mkdtempSync(join(home, "config-"));
  writeFileSync(join(folder, "hub.env"), text);
  return loadConfig({ env: { PSN_CONFIG_DIR: folder }, home, cwd: home });
}

/** The lines that a person uncomments, and the paragraph that explains each. */
const offered = [...example.matchAll(/((?:^# .*\n)+)^#([A-Z][A-Z_]*)=(.*)$/gm)].map(
  ([, explanation = "", name = "", value = ""]) => ({ explanation, name, value }),
);

test("every setting that is no secret is offered once, and nothing else is", () => {
  expect(offered.map(({ name }) => name).toSorted()).toEqual(placed("plain").toSorted());
  expect(example.match(/^[^#\s]/gm)).toBeNull();
});

test("every offered setting tells its default as it is, or that it has none", () => {
  for (const name of placed("plain")) {
    const { explanation = "", value = "" } = offered.find((line) => line.name === name) ?? {};
    const preset = defaultOf(name);
    const words = explanation.replaceAll(/^# /gm, "").replaceAll("\n", " ");
    if (preset === undefined)
      expect([name, words]).toEqual([name, expect.stringMatching(/No default\.|Default: .* if /)]);
    else expect([name, value, `${words} `]).toEqual([name, preset, expect.stringContaining(`Default: ${preset} `)]);
  }
});

test("secrets and what only the environment can say are named, and not offered", () => {
  for (const name of [...placed("secret"), ...placed("env")]) {
    expect([name, example.includes(`#   ${name} `)]).toEqual([name, true]);
    expect([name, new RegExp(`^#?\\s*${name}=`, "m").test(example)]).toEqual([name, false]);
  }
});

test("psn takes the file as it is, and with every line uncommented", () => {
  const untouched = loaded(example);
  expect(Object.values(untouched.origins)).not.toContain("config/hub.env");
  const filled = loaded(example.replaceAll(/^#(?=[A-Z][A-Z_]*=)/gm, ""));
  expect(filled.warnings).toEqual([]);
  for (const name of placed("plain")) expect([name, filled.origins[name]]).toEqual([name, "config/hub.env"]);
  expect(filled.x.callbackUrl).toBe(untouched.x.callbackUrl);
});
