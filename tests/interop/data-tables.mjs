// Microsoft's own table client, to hold ours to: writes every type into a table, or reads what is there, keys and types included.
//   node data-tables.mjs write|read <connection string> <table>
import { TableClient, odata } from '@azure/data-tables';

const [, , what, connectionString, table] = process.argv;
const client = TableClient.fromConnectionString(connectionString, table, { allowInsecureConnection: true });

// No U+2028 in the text: this client sends it as it is, and the emulator answers 500 to a transaction that holds it.
const everyType = {
  text: 'é ж 日本 😀 "quoted" \\',
  emptyText: '',
  yes: true,
  no: false,
  int: { type: 'Int32', value: '-2147483648' },
  long: { type: 'Int64', value: '-9223372036854775808' },
  double: { type: 'Double', value: '0.30000000000000004' },
  wholeDouble: { type: 'Double', value: '1' },
  infinite: { type: 'Double', value: '-Infinity' },
  notANumber: { type: 'Double', value: 'NaN' },
  guid: { type: 'Guid', value: '8d2f1c54-1111-4222-8333-9a4b5c6d7e8f' },
  at: { type: 'DateTime', value: '2026-11-22T09:15:00.1234567Z' },
  first: { type: 'DateTime', value: '1601-01-01T00:00:00Z' },
  bytes: { type: 'Binary', value: Buffer.from([0, 1, 127, 128, 255]).toString('base64') },
  noBytes: { type: 'Binary', value: '' },
};

if (what === 'write') {
  await client.createTable();
  await client.createEntity({ partitionKey: "o'brien|日本", rowKey: 'alone 😀', ...everyType });
  await client.submitTransaction([
    ['create', { partitionKey: "o'brien|日本", rowKey: 'b', ...everyType }],
    ['upsert', { partitionKey: "o'brien|日本", rowKey: 'c', ...everyType }, 'Replace'],
  ]);
} else {
  const rows = [];
  const query = { filter: odata`PartitionKey eq ${"o'brien|日本"}` };
  for await (const row of client.listEntities({ queryOptions: query, disableTypeConversion: true })) {
    rows.push(row);
  }
  process.stdout.write(JSON.stringify(rows));
}
