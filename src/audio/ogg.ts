/**
 * Ogg files (RFC 3533): pages, which carry a checksum, of one or several streams beside each other. A file can
 * be *chained*: several such groups follow one another, each a link with streams of its own. Decoders skip
 * damaged pages and call the rest a shorter recording, and they decode a second link with the first one's
 * tables. So pages are checked here, and each link goes to a decoder of its own.
 */

import { type ByteSource, bytesInMemory, part } from '../platform/bytes';
import { join } from '../platform/join';
import { AGAIN, AudioFileError, READABLE } from './errors';
import { has, viewOf } from './magic';

const HEADER = 27;
/** The longest page: header, 255 lengths of segments, 255 bytes in each. */
export const LONGEST_PAGE = HEADER + 255 + 255 * 255;
/** Bytes read at a time. */
const STEP = 2 ** 18;
/** Behind the last page so many bytes are searched for a further one. */
const SEARCHED = 2 ** 20;

const BEGINS = 2;
const ENDS = 4;

export type OggCodec = 'vorbis' | 'opus' | 'flac';

/** The first stream of sound in one link of the chain. */
export interface OggLink {
  readonly codec: OggCodec;
  readonly serial: number;
  /** the link's pages, of all its streams */
  readonly content: ByteSource;
}

interface Page {
  readonly flags: number;
  readonly serial: number;
  readonly bytes: Uint8Array;
}

/**
 * Reads and checks the whole file.
 * @param name for errors
 * @throws AudioFileError when a page is damaged or missing, the last one breaks off, or a link has no sound
 */
export async function oggLinks(source: ByteSource, name: string): Promise<OggLink[]> {
  const links: OggLink[] = [];
  /** of the link that is read: where it begins, its streams that have not ended, its first one of sound */
  let start = 0;
  let open = new Set<number>();
  let sound: { codec: OggCodec; serial: number } | null = null;
  let beginning = true;
  let end = 0;
  const finish = () => {
    if (!sound) throw new AudioFileError(name, 'it is Ogg without Vorbis, Opus or FLAC', READABLE);
    links.push({ ...sound, content: part(source, start, end) });
    start = end;
    open = new Set();
    sound = null;
  };
  for await (const page of pages(source)) {
    if (page === null) {
      await checkRest(source, end, open.size > 0, name);
      break;
    }
    if (page.bytes.length < pageLength(page.bytes, 0))
      throw new AudioFileError(
        name,
        `it is truncated: its last Ogg page breaks off at byte ${source.size}`,
        AGAIN,
      );
    if (!hasOggChecksum(page.bytes))
      throw new AudioFileError(
        name,
        `it is damaged: the checksum of its Ogg page at byte ${end} is wrong`,
        AGAIN,
      );
    const begins = (page.flags & BEGINS) !== 0;
    if (begins && !beginning) finish();
    beginning = begins;
    if (begins) {
      open.add(page.serial);
      const codec = codecOf(page.bytes);
      if (codec) sound ??= { codec, serial: page.serial };
    }
    if (page.flags & ENDS) open.delete(page.serial);
    end += page.bytes.length;
  }
  finish();
  return links;
}

/** Behind the last page tags and zeros may follow, but no page, and no stream may be without its end. */
async function checkRest(source: ByteSource, at: number, isOpen: boolean, name: string): Promise<void> {
  const rest = await source.read(at, at + SEARCHED);
  const next = rest.findIndex((_, i) => isOggPage(rest, i));
  if (next < 0 && !isOpen) return;
  throw new AudioFileError(name, `it is damaged at byte ${at}: an Ogg page should start there`, AGAIN);
}

/**
 * The pages of one stream, about `step` bytes of them at a time.
 * @param link from `oggLinks`, which has checked them
 */
export async function* oggPages(
  { content, serial }: OggLink,
  step: number,
): AsyncGenerator<Uint8Array, void, void> {
  let found: Uint8Array[] = [];
  let size = 0;
  for await (const page of pages(content)) {
    if (page?.serial !== serial) continue;
    found.push(page.bytes);
    size += page.bytes.length;
    if (size < step) continue;
    yield join(Uint8Array, found);
    found = [];
    size = 0;
  }
  if (size > 0) yield join(Uint8Array, found);
}

/** The position that the last page of a stream ends at: samples from the start of the sound. */
export async function oggEnd({ codec, content, serial }: OggLink): Promise<number> {
  let end = Number.POSITIVE_INFINITY;
  let preSkip = 0;
  for await (const page of pages(content)) {
    if (page?.serial !== serial) continue;
    const view = viewOf(page.bytes);
    if (codec === 'opus' && page.flags & BEGINS) preSkip = view.getUint16(firstPacket(page.bytes) + 10, true);
    const granule = view.getBigInt64(6, true);
    // -1: no packet ends on this page
    if (granule >= 0n) end = Number(granule) - preSkip;
  }
  return end;
}

/** Bytes of a first packet before those of a plain FLAC file. */
const FLAC_MAPPING = 9;

/** A stream of FLAC as a plain FLAC file, in memory. */
export async function plainFlac({ content, serial }: OggLink): Promise<ByteSource> {
  const found: Uint8Array[] = [];
  for await (const page of pages(content)) {
    if (page?.serial !== serial) continue;
    const from = firstPacket(page.bytes) + (page.flags & BEGINS ? FLAC_MAPPING : 0);
    found.push(page.bytes.subarray(from));
  }
  return bytesInMemory(join(Uint8Array, found));
}

/** Page by page; the last may be cut short. Ends with null where something else than a page follows. */
async function* pages(source: ByteSource): AsyncGenerator<Page | null, void, void> {
  for (let start = 0; start < source.size; ) {
    const window = await source.read(start, start + STEP + LONGEST_PAGE);
    let at = 0;
    while (at < Math.min(STEP, window.length)) {
      if (!isOggPage(window, at)) {
        yield null;
        return;
      }
      const bytes = window.subarray(at, at + pageLength(window, at));
      yield { flags: bytes[5], serial: bytes.length < 18 ? -1 : viewOf(bytes).getUint32(14, true), bytes };
      at += bytes.length;
    }
    start += at;
  }
}

export function isOggPage(bytes: Uint8Array, at: number): boolean {
  return has(bytes, at, 'OggS');
}

/** Where a page's first packet begins: behind its header and the lengths of its segments. */
export const firstPacket = (page: Uint8Array): number => HEADER + page[HEADER - 1];

/** @returns the page's bytes; more than there are where the page's header is cut short */
export function pageLength(bytes: Uint8Array, at: number): number {
  if (at + HEADER > bytes.length) return HEADER;
  const segments = bytes[at + HEADER - 1];
  let length = HEADER + segments;
  for (let i = at + HEADER; i < at + HEADER + segments; i++) length += bytes[i] ?? 0;
  return length;
}

/** @param page the first one of a stream */
export function codecOf(page: Uint8Array): OggCodec | null {
  const packet = firstPacket(page);
  if (has(page, packet, 'OpusHead')) return 'opus';
  if (has(page, packet, '\x01vorbis')) return 'vorbis';
  return has(page, packet, '\x7fFLAC') ? 'flac' : null;
}

const CHECKSUM = 22;
const CRC_32 = 0x04c11db7;
/** What a byte adds to a remainder, most significant bit first. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 24;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder << 1) ^ (remainder < 0 ? CRC_32 : 0);
  return remainder;
});

/** The checksum counts as zero in itself. */
function hasOggChecksum(page: Uint8Array): boolean {
  let remainder = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= CHECKSUM && i < CHECKSUM + 4 ? 0 : page[i];
    remainder = (remainder << 8) ^ REMAINDERS[(remainder >>> 24) ^ byte];
  }
  return viewOf(page).getUint32(CHECKSUM, true) === remainder >>> 0;
}
