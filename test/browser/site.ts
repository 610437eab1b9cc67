/** The site, built and served as a plain file server would, under a path of its own. */

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildSite } from '../../site/build.mjs';
import { type Files, serveFrom } from './support';

const PATH = '/somewhere/below/';

export interface ServedSite {
  /** the address of its start page, with a slash at its end */
  readonly url: string;
  /** where it was built */
  readonly folder: string;
  close(): Promise<void>;
}

export interface SiteOptions {
  /** by their addresses within the site, in place of what it has or besides */
  readonly files?: Files;
  readonly headers?: Readonly<Record<string, string>>;
  readonly reference?: boolean;
}

export async function serveSite({
  files = {},
  headers,
  reference = false,
}: SiteOptions = {}): Promise<ServedSite> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ddsp-site-'));
  await buildSite(folder, { reference });
  const server = await serveFrom((pathname) => {
    if (!pathname.startsWith(PATH) || pathname.includes('..')) return null;
    const address = pathname.slice(PATH.length);
    if (files[address] !== undefined) return files[address];
    const file = path.join(folder, address.replace(/(^|\/)$/, '$1index.html'));
    return existsSync(file) && statSync(file).isFile() ? readFileSync(file) : null;
  }, headers);
  return {
    url: server.origin + PATH,
    folder,
    async close() {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}
