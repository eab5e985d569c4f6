// Azurite that cannot outlive the test run: it ends when whoever started it closes its end of the pipe, or dies.
// Its first argument names its accounts, as Azurite's environment variable for them does: account1:key1;account2:key2.
import { createRequire } from 'node:module';

[process.env.AZURITE_ACCOUNTS] = process.argv.splice(2, 1);

process.stdin.resume();
process.stdin.on('close', () => process.exit(0));

createRequire(import.meta.url)('azurite/dist/src/azurite.js');
