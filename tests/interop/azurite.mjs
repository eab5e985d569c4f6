// Azurite that cannot outlive the test run: it ends when whoever started it closes its end of the pipe, or dies.
import { createRequire } from 'node:module';

process.stdin.resume();
process.stdin.on('close', () => process.exit(0));

createRequire(import.meta.url)('azurite/dist/src/azurite.js');
