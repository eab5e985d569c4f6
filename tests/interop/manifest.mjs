// Holds a unified manifest, given on standard input, to the schema that it names, as Microsoft publishes it in npm. Prints each fault.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import Ajv from 'ajv-draft-04';

const manifest = JSON.parse(await text(process.stdin));
const [, version] = /\/teams\/(v[\d.]+)\//.exec(manifest.$schema);
const schemas = join(dirname(createRequire(import.meta.url).resolve('@microsoft/app-manifest')), 'json-schemas', 'teams', version);
const validate = new Ajv({ strict: false, allErrors: true, formats: { uri: (value) => URL.canParse(value), email: true } })
  .compile(JSON.parse(readFileSync(join(schemas, 'MicrosoftTeams.schema.json'), 'utf8')));
validate(manifest);
for (const { instancePath, message, params } of validate.errors ?? []) console.log(`${instancePath}: ${message} ${JSON.stringify(params)}`);
