/** Opens a store as somebody who is not root, and tells how that went; see the test that starts it. */
import { TiError } from '../../src/errors.ts';
import { openStore } from '../../src/storage/open.ts';

const NOBODY = 65534;
const [dir = ''] = process.argv.slice(2);
if (process.getuid?.() === 0) process.setuid?.(NOBODY);
try {
  const store = await openStore({ dir });
  console.log('opened', store.durableId);
  await store.close();
} catch (error) {
  console.log(error instanceof TiError ? `${error.code} ${error.message}` : `wrong: ${error}`);
}
