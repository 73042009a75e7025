/**
 * Finds the domains in a run of labels and dots.
 *
 * The rules are those of twitter-text 3.1.0 (regexp/extractUrl, validDomain), Copyright 2018 Twitter, Inc. and other
 * contributors, licensed under the Apache License, Version 2.0 (http://www.apache.org/licenses/LICENSE-2.0).
 */
import { tldEnd } from "./domains.ts";
import { canPrecedeUrl, isDomainCharacter } from "./url-characters.ts";

const PROTOCOL_AT_END = /https?:\/\/$/i;
const LONGEST_PROTOCOL = "https://".length;

/** A dotted name that may be a URL: where it starts, where it ends, and where its protocol starts if it has one. */
export interface Candidate {
  readonly start: number;
  readonly end: number;
  readonly protocol: number | undefined;
}

/** A maximal run of labels and dots, and the domains in it. */
export class DottedName {
  readonly #text: string;
  readonly #start: number;
  readonly #dots: number[] = [];
  /** For each dot: the end of the top-level domain after it, or -1. */
  readonly #tldEnds: number[] = [];
  /** For each dot: the furthest later dot that ends a domain begun before this one, or -1. */
  readonly #reaches: number[] = [];
  /** Before this dot nothing is left to find. */
  #cursor = 0;

  constructor(text: string, start: number, end: number) {
    this.#text = text;
    this.#start = start;
    for (let dot = text.indexOf(".", start); dot !== -1 && dot < end; dot = text.indexOf(".", dot + 1)) {
      this.#dots.push(dot);
      this.#tldEnds.push(tldEnd(text, dot + 1));
      this.#reaches.push(-1);
    }
    for (let i = this.#dots.length - 2; i >= 0; i--) this.#reaches[i] = this.#reach(i);
  }

  #reach(i: number): number {
    const labelStart = (this.#dots[i] ?? 0) + 1;
    const labelEnd = this.#dots[i + 1] ?? 0;
    const isLabel = this.#isLabelEdge(labelStart) && this.#isLabelEdge(labelEnd - 1);
    if (!isLabel) return -1;
    const further = this.#reaches[i + 1] ?? -1;
    if (further !== -1) return further;
    // The name before a top-level domain has no underscore; subdomains may.
    const ends = this.#tldEnds[i + 1] !== -1 && !this.#text.slice(labelStart, labelEnd).includes("_");
    return ends ? i + 1 : -1;
  }

  #isLabelEdge(position: number): boolean {
    return isDomainCharacter(this.#text.charCodeAt(position));
  }

  /** The next domain; the character that precedes it is not before `from`, which never falls. */
  next(from: number): Candidate | undefined {
    for (; this.#cursor < this.#dots.length; this.#cursor++) {
      const dot = this.#dots[this.#cursor] ?? 0;
      if (dot < from || !this.#isLabelEdge(dot - 1)) continue;
      const found = this.#firstInLabel(this.#cursor, dot, from);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #firstInLabel(i: number, dot: number, from: number): Candidate | undefined {
    const reach = this.#reaches[i] ?? -1;
    const end = this.#tldEnds[reach === -1 ? i : reach] ?? -1;
    if (end === -1) return undefined;
    const labelStart = i === 0 ? this.#start : (this.#dots[i - 1] ?? 0) + 1;
    const underscore = reach === -1 ? this.#text.slice(labelStart, dot).lastIndexOf("_") : -1;
    const lowest = labelStart + underscore + 1;
    if (lowest === this.#start && this.#isLabelEdge(lowest)) {
      const protocol = this.#protocolBefore(lowest, from);
      if (protocol !== undefined) return { start: lowest, end, protocol };
    }
    // At the start of a text nothing need precede the name, but X's expression prefers that something does.
    const isAtStart = lowest === 0 && from === 0;
    if (isAtStart && !this.#canStart(1, dot) && this.#isLabelEdge(0)) return { start: 0, end, protocol: undefined };
    for (let start = Math.max(lowest, from + 1); start < dot; start++) {
      if (this.#canStart(start, dot)) return { start, end, protocol: undefined };
    }
    return undefined;
  }

  #canStart(start: number, dot: number): boolean {
    return start < dot && canPrecedeUrl(this.#text.charCodeAt(start - 1)) && this.#isLabelEdge(start);
  }

  #protocolBefore(position: number, from: number): number | undefined {
    const floor = Math.max(from, position - LONGEST_PROTOCOL);
    const match = PROTOCOL_AT_END.exec(this.#text.slice(floor, position));
    if (match === null) return undefined;
    const protocol = floor + match.index;
    const isFree = protocol === 0 || (protocol > from && canPrecedeUrl(this.#text.charCodeAt(protocol - 1)));
    return isFree ? protocol : undefined;
  }
}
