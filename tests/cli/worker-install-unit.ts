/** What systemd reads from a unit: an own reading of systemd.service, systemd.exec and systemd.syntax. */
export interface ReadUnit {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
  /** Every other setting, as it is written. */
  readonly settings: ReadonlyMap<string, string>;
}

export function readUnit(text: string): ReadUnit {
  const lines = text.split("\n").filter((line) => line.includes("=") && !/^[#;]/.test(line));
  const all = lines.map((line): [string, string] => [line.split("=")[0] ?? "", line.slice(line.indexOf("=") + 1)]);
  const valuesOf = (name: string) => all.flatMap(([key, value]) => (key === name ? [value] : []));
  const [program = "", ...args] = valuesOf("ExecStart").flatMap(wordsOf);
  const environment = valuesOf("Environment").flatMap(wordsOf);
  return {
    command: [program, ...args.map((arg) => arg.replaceAll("$$", "$"))],
    env: Object.fromEntries(environment.map((word) => [word.split("=")[0], word.slice(word.indexOf("=") + 1)])),
    unset: valuesOf("UnsetEnvironment").flatMap(wordsOf),
    settings: new Map(all),
  };
}

/** Words as systemd unquotes them, with their specifiers resolved: psn uses none but `%%`. */
function wordsOf(value: string): string[] {
  const words = value.match(/(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^\s"'])+/g) ?? [];
  return words.map((word) => {
    const plain = word
      .replaceAll(/"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'/g, (_whole, double = "", single = "") => double + single)
      .replaceAll(/\\(.)/g, "$1");
    const bare = plain.replaceAll("%%", "");
    if (bare.includes("%")) throw new Error(`a specifier in ${word}`);
    return plain.replaceAll("%%", "%");
  });
}
