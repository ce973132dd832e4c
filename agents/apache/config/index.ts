// What an Apache installation is like: the face of this folder.
export { configtest } from './configtest.ts';
export type { RunDirectory } from './facts.ts';
export { DEFAULT_CONFIG_FILES, findConfigFile, findHttpd } from './find.ts';
export type { Listen } from './listen.ts';
export { splitOptions } from './options.ts';
export {
  type ApacheConfiguration,
  type ConfigurationParameters,
  readConfiguration,
} from './read-configuration.ts';
