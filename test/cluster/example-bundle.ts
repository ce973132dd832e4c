import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { EXAMPLE_IMAGES } from './agents.ts';
import type { Bench } from './bench.ts';

/** A bundle as `examples/NAME/bundle.xml` has it, under a name and an address of this test bed, with one replica. */
export interface ExampleBundle {
  readonly example: keyof typeof EXAMPLE_IMAGES;
  /** In place of the bundle's; all ids in the file begin with that. */
  readonly id: string;
  readonly image: string;
  readonly address: string;
  /** Further options of `podman run`. */
  readonly options: string;
  /** In place of the host's /srv/nfs; undefined: as the file has it. */
  readonly shared?: string;
}

const exampleFile = (repository: string, example: string): string =>
  `${repository}/examples/${example}/bundle.xml`;

/** Gives the cluster an example, changed in nothing else. */
export async function loadExample(bench: Bench, bundle: ExampleBundle): Promise<void> {
  const folder = `${bench.repository}/build`;
  const file = `${folder}/cluster-${bundle.id}.xml`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, adapt(readFileSync(exampleFile(bench.repository, bundle.example), 'utf8'), bundle));
  await bench.testbed.command('load', file);
}

function adapt(text: string, { id, image, address, options, shared }: ExampleBundle): string {
  const [, oldId = ''] = /<bundle id="([^"]+)"/.exec(text) ?? [];
  const [, oldOptions = ''] = /<podman [^>]*?options="([^"]*)"/.exec(text) ?? [];
  const engine = `<podman image="${image}" replicas="1" options="${`${oldOptions} ${options}`.trim()}"/>`;
  const changes: readonly (readonly [RegExp, string])[] = [
    [new RegExp(`id="${oldId}(?=[-"])`, 'g'), `id="${id}`],
    [/<podman [^>]*\/>/, engine],
    [/(?<=ip-range-start=")[^"]*/, address],
    ...(shared === undefined ? [] : [[/(?<=source-dir=")\/srv\/nfs(?=\/)/g, shared] as const]),
  ];
  const changed = changes.reduce((before, [pattern, by]) => {
    const after = before.replace(pattern, by);
    if (after === before) {
      throw new Error(`Expected ${pattern} in the example of ${id}, got none`);
    }
    return after;
  }, text);
  return changed.replaceAll('192.0.2.', '10.77.0.');
}

/** The primitive in a bundle's file without what may differ: names in the cluster, blanks, and variables of the test bed. */
export function primitiveIn(file: string): string {
  const [primitive = ''] = /<primitive [\s\S]*<\/primitive>/.exec(readFileSync(file, 'utf8')) ?? [];
  return primitive
    .replaceAll(/ id="[^"]*"/g, '')
    .replaceAll(/@[A-Z_]+=([^@]*)@/g, '$1')
    .replaceAll(/>\s+</g, '><');
}

/** The same of an example. */
export const primitiveOfExample = (repository: string, example: ExampleBundle['example']): string =>
  primitiveIn(exampleFile(repository, example));
