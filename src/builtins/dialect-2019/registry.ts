/** All built-ins of the 2019 dialect. */
import type { Row } from '../row.ts';
import { languageRows2019 } from './language.ts';
import { operatorRows2019 } from './operators.ts';
import { rootRows2019 } from './root.ts';
import { thingRows2019 } from './things.ts';
import { valueRows2019 } from './values.ts';

export const rows2019: readonly Row[] = [...languageRows2019, ...operatorRows2019, ...valueRows2019, ...thingRows2019, ...rootRows2019];
