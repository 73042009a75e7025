const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  // As it is, a parser would make a line feed of it.
  "\r": "&#13;",
};

/** A text for the content of an element or for an attribute in quotes: it shows as it is written. */
export const escaped = (text: string): string => text.replace(/[&<>"'\r]/g, (character) => ENTITIES[character] ?? "");

/** The address that a browser may be sent to. Undefined: nothing that a click should open. */
export function webAddress(written: string): string | undefined {
  // X takes a name without a scheme for http.
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `http://${written}`;
  const { protocol } = URL.parse(address) ?? {};
  return protocol === "http:" || protocol === "https:" ? address : undefined;
}
