/** The formats that results can be had in, the default first [docs/conformance/formats.md]. */
export const FORMATS = ['human', 'tap', 'junit', 'json', 'ndjson', 'github', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];
