import { AgentFailure, OCF } from '../kit/index.ts';
import type { NfsContext } from './parameters.ts';

/** One export, with its values of all the lists. */
export interface Export {
  readonly path: string;
  readonly id: number;
  /** Its path for NFSv4, if one is given. */
  readonly pseudo: string | undefined;
  readonly clients: readonly string[];
  readonly access: 'RW' | 'RO';
  readonly squash: 'Root_Squash' | 'No_Root_Squash' | 'All_Squash';
  readonly sectypes: readonly ('sys' | 'krb5' | 'krb5i' | 'krb5p')[];
}

/** One of the lists that belong to `export_path`. */
interface List<T> {
  readonly name: string;
  readonly values: readonly T[] | undefined;
  /** No two exports can have the same value. */
  readonly isDistinct?: boolean;
}

/**
 * The exports that the parameters name; none without `export_path`.
 * @throws AgentFailure ERR_CONFIGURED if lists do not fit each other
 */
export function exportsOf(params: NfsContext['params']): readonly Export[] {
  const paths = params.export_path ?? [];
  if (paths.length > 0 && params.clients === undefined) {
    throw configured('Expected clients with export_path, got none: say who may mount, such as 192.0.2.0/24');
  }
  const spread = <T>(list: List<T>) => spreadOver(paths.length, list);
  const ids = spread({ name: 'export_id', values: params.export_id, isDistinct: true });
  const pseudos = spread({ name: 'pseudo', values: params.pseudo, isDistinct: true });
  const clients = spread({ name: 'clients', values: params.clients });
  const accesses = spread({ name: 'access_type', values: params.access_type });
  const squashes = spread({ name: 'squash', values: params.squash });
  const sectypes = spread({ name: 'sectype', values: params.sectype });
  const exports = paths.map((path, index) => ({
    path,
    id: ids[index] ?? index + 1,
    pseudo: pseudos[index],
    clients: clients[index] ?? [],
    access: accesses[index] ?? 'RW',
    squash: squashes[index] ?? 'Root_Squash',
    sectypes: sectypes[index] ?? ['sys'],
  }));
  checkDistinct(
    'export_id',
    exports.map(({ id }) => id),
  );
  checkDistinct(
    'path or pseudo',
    exports.map(({ pseudo, path }) => pseudo ?? path),
  );
  return exports;
}

/** A value for each export: one alone is meant for all, but where they must be distinct. */
function spreadOver<T>(count: number, { name, values, isDistinct = false }: List<T>): readonly T[] {
  const [first] = values ?? [];
  if (values === undefined || first === undefined || count === 0) {
    return [];
  }
  if (values.length === 1 && !isDistinct) {
    return Array.from({ length: count }, () => first);
  }
  if (values.length !== count) {
    throw configured(
      `Expected ${count} values of ${name}, one for each export_path, got ${values.length}; separate them by ;`,
    );
  }
  return values;
}

function checkDistinct(name: string, values: readonly (string | number)[]): void {
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) {
    throw configured(`Expected another ${name} for each export, got ${twice} twice`);
  }
}

const configured = (reason: string): AgentFailure => new AgentFailure(OCF.ERR_CONFIGURED, reason);
