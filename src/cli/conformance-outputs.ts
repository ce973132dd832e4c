import { didYouMean } from '../config/did-you-mean.ts';
import { FORMATS, type Format } from '../conformance/output/format-names.ts';
import { usageError } from './exit-status.ts';

/** One format, and the file that it goes to; undefined: standard output. */
export interface OutputWish {
  readonly format: Format;
  readonly file?: string;
}

/**
 * What `--output` and `--output-file` ask for. If everything goes to files people still see the view for people.
 * @throws AgentError CONFIG_INVALID if two of them would go to the same place
 */
export function readOutputs(
  values: readonly string[],
  outputFile: string | undefined,
): readonly OutputWish[] {
  const asked = values.map(readOutput);
  const loose = asked.filter(({ file }) => file === undefined);
  if (outputFile !== undefined && asked.length > 0 && loose.length !== 1) {
    throw usageError(
      `Expected --output-file with exactly one --output that names no file, got ${loose.length}; --output FORMAT=FILE names one`,
    );
  }
  const placed =
    outputFile === undefined
      ? asked
      : (asked.length === 0 ? [{ format: FORMATS[0] }] : asked).map(
          (wish): OutputWish => ({ file: outputFile, ...wish }),
        );
  // A file of that name is ./-
  const wishes = placed.map(({ format, file }) =>
    file === undefined || file === '-' ? { format } : { format, file },
  );
  const shown = wishes.filter(({ file }) => file === undefined);
  if (shown.length > 1) {
    throw usageError(
      `Expected one --output for standard output, got ${shown.map(({ format }) => format).join(' and ')}; --output FORMAT=FILE names a file`,
    );
  }
  const files = wishes.flatMap(({ file }) => file ?? []);
  const twice = files.find((file, index) => files.indexOf(file) !== index);
  if (twice !== undefined) {
    throw usageError(`Expected a file for each --output, got ${JSON.stringify(twice)} twice`);
  }
  return shown.length === 0 ? [{ format: FORMATS[0] }, ...wishes] : wishes;
}

function readOutput(value: string): OutputWish {
  const end = value.indexOf('=');
  const name = end === -1 ? value : value.slice(0, end);
  const format = FORMATS.find((known) => known === name);
  if (format === undefined) {
    throw usageError(
      `Expected --output to be one of ${FORMATS.join(', ')}, got "${name}"${didYouMean(name, FORMATS)}`,
    );
  }
  if (end === value.length - 1) {
    throw usageError(`Expected a file behind --output ${name}=, got none`);
  }
  return end === -1 ? { format } : { format, file: value.slice(end + 1) };
}
