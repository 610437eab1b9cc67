/** Threads of a page's worker: it starts what it was started from itself. */

import { startModule } from './module';
import type { StartThread } from './thread';

export { parallelism } from './module';

export const startThread: StartThread = async () =>
  startModule(self.location.href, 'cannot start workers of its own: this needs a newer browser');
