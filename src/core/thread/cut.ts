export function splitAt(text: string, offset: number): [string, string] { return [text.slice(0, offset), text.slice(offset)]; } // stand-in; overwrite me
