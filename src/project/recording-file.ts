/** Files a person picked, as recordings that every decoder here reads. Main thread. */

import { identify } from '../audio/container';
import { downmix } from '../audio/resample';
import { writeWav } from '../audio/wav';
import { bytesOfBlob } from '../platform/bytes';
import type { RecordingFile } from './storage';

/**
 * A file of a kind that only the browser decodes (AAC of a phone's recorder, say) becomes a WAV of the
 * same sound; any other is passed on as it is, for errors to be told where they are found.
 * @param sampleRate Hz of that WAV
 */
export async function recordingFile(file: File, sampleRate: number): Promise<RecordingFile> {
  const name = file.webkitRelativePath || file.name;
  const readable = file.size > 0 && (await identify(bytesOfBlob(file)).catch(() => null));
  if (!readable || readable.kind || typeof OfflineAudioContext === 'undefined') return { name, blob: file };
  try {
    const context = new OfflineAudioContext(1, 1, sampleRate);
    const buffer = await context.decodeAudioData(await file.arrayBuffer());
    const channels = Array.from({ length: buffer.numberOfChannels }, (_, i) => buffer.getChannelData(i));
    return { name, blob: new Blob([writeWav(downmix(channels), buffer.sampleRate, { float: true })]) };
  } catch {
    return { name, blob: file };
  }
}
