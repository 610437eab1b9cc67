/** `run.json`: the data needed to resume a run, besides its configuration and checkpoint. */

import { FileError, RUN_FILES, type RunStore } from './store';

export interface RunFile {
  /** path of the recordings */
  readonly data: string;
  /** path of the database; undefined: the default */
  readonly db?: string;
  /** number of threads; undefined: the default */
  readonly workers?: number;
  /** the file that the run's first weights came from */
  readonly from?: string;
  /** version of the library */
  readonly madeWith: string;
  /** ISO 8601 */
  readonly started: string;
}

const FORMAT = 'ddsp-run';
const VERSION = 1;

export async function writeRunFile(store: RunStore, file: RunFile): Promise<void> {
  await store.write(
    RUN_FILES.run,
    `${JSON.stringify({ format: FORMAT, version: VERSION, ...file }, null, 2)}\n`,
  );
}

/** @throws FileError when it is missing or invalid */
export async function readRunFile(store: RunStore): Promise<RunFile> {
  const bytes = await store.read(RUN_FILES.run);
  if (!bytes)
    throw new FileError(`${store.location}: there is no run to resume: ${RUN_FILES.run} is missing`);
  const { format, version, ...file } = parse(new TextDecoder().decode(bytes));
  if (format !== FORMAT || typeof file.data !== 'string')
    throw new FileError(`${store.location}/${RUN_FILES.run}: it does not describe a run`);
  if (version !== VERSION)
    throw new FileError(
      `${store.location}/${RUN_FILES.run}: a run of version ${version}; this library resumes version ${VERSION}`,
    );
  return file as unknown as RunFile;
}

function parse(text: string): Record<string, unknown> {
  try {
    return { ...JSON.parse(text) };
  } catch {
    return {};
  }
}
