/**
 * Where the path and the query of a URL end.
 *
 * The rules are those of twitter-text 3.1.0 (regexp/validUrlPath, validUrlQueryChars), Copyright 2018 Twitter, Inc. and other
 * contributors, licensed under the Apache License, Version 2.0 (http://www.apache.org/licenses/LICENSE-2.0).
 */
import { canEndPath, canEndQuery, isPathCharacter, isQueryCharacter } from "./url-characters.ts";

/**
 * The end of the path that starts with the `/` at `start`. Balanced parentheses, at most two deep, belong to it when
 * something that may end a path follows them or they follow it directly.
 */
export function pathEnd(text: string, start: number): number {
  let end = start + 1;
  for (let position = end; ; ) {
    if (text.charAt(position) === "(") {
      const close = parenthesesEnd(text, position, 2);
      if (close === undefined) return end;
      if (position === end) end = close;
      position = close;
    } else {
      const unit = text.charCodeAt(position);
      if (!isPathCharacter(unit)) return end;
      position++;
      if (canEndPath(unit)) end = position;
    }
  }
}

function parenthesesEnd(text: string, open: number, depth: number): number | undefined {
  let position = open + 1;
  let hasInner = false;
  while (isPathCharacter(text.charCodeAt(position))) position++;
  if (text.charAt(position) === "(" && depth > 1) {
    const inner = parenthesesEnd(text, position, depth - 1);
    if (inner === undefined) return undefined;
    hasInner = true;
    position = inner;
    while (isPathCharacter(text.charCodeAt(position))) position++;
  }
  const isEmpty = !hasInner && position === open + 1;
  return text.charAt(position) === ")" && !isEmpty ? position + 1 : undefined;
}

/** The end of the query, if one starts with a `?` at `start`; else `start`. */
export function queryEnd(text: string, start: number): number {
  if (text.charAt(start) !== "?") return start;
  let end = start;
  let position = start + 1;
  for (let unit = text.charCodeAt(position); isQueryCharacter(unit); unit = text.charCodeAt(position)) {
    position++;
    if (canEndQuery(unit)) end = position;
  }
  return end;
}
