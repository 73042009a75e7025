/** The parts of X's own library that tests compare with; it has no types of its own. */
declare module "twitter-text/dist/index.js" {
  interface Entity {
    indices: [start: number, end: number];
    url?: string;
  }
  const twitterText: {
    parseTweet(text: string): { weightedLength: number; valid: boolean };
    extractUrlsWithIndices(text: string): Entity[];
    extractEntitiesWithIndices(text: string, options: { extractUrlsWithoutProtocol: boolean }): Entity[];
    hasInvalidCharacters(text: string): boolean;
  };
  export default twitterText;
}
