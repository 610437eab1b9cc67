/** Converts picked files to recordings that workers can decode. Runs on the main thread. */

import { decodedForWorkers } from '../audio/decode';
import { bytesOfBlob } from '../platform/bytes';
import type { RecordingFile } from './storage';

export async function recordingFile(file: File): Promise<RecordingFile> {
  const name = file.webkitRelativePath || file.name;
  const wav = file.size > 0 ? await decodedForWorkers(bytesOfBlob(file), name) : null;
  return { name, blob: wav ? new Blob([wav]) : file };
}
