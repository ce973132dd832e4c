declare const BUNDLET_VERSION: string | undefined;

/** From package.json, by the build. */
export const VERSION = typeof BUNDLET_VERSION === 'string' ? BUNDLET_VERSION : 'development';
