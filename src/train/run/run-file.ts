/** `run.json`: what going on with a run takes beside its configuration and its checkpoint. */

import { RUN_FILES, type RunStore, StoreError } from './store';

export interface RunFile {
  /** where the recordings are */
  readonly data: string;
  /** where their database is, where it was chosen */
  readonly db?: string;
  /** threads, where they were chosen */
  readonly workers?: number;
  /** the file whose weights the run began with */
  readonly from?: string;
  /** of the library */
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

/** @throws StoreError where there is none, or it makes no sense */
export async function readRunFile(store: RunStore): Promise<RunFile> {
  const bytes = await store.read(RUN_FILES.run);
  if (!bytes) throw new StoreError(`${store.location}: no run to go on with: ${RUN_FILES.run} is missing`);
  const { format, version, ...file } = parse(new TextDecoder().decode(bytes));
  if (format !== FORMAT || typeof file.data !== 'string')
    throw new StoreError(`${store.location}/${RUN_FILES.run}: it does not describe a run`);
  if (version !== VERSION)
    throw new StoreError(
      `${store.location}/${RUN_FILES.run}: a run of version ${version}; this library goes on with version ${VERSION}`,
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
