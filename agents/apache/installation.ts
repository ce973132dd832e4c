import type { ApacheConfiguration } from './config/index.ts';

/** What there is to know of a server, less its environment, which may hold secrets. */
export type Installation = Omit<ApacheConfiguration, 'env'>;
