'use strict';
// Reads and writes records with Confluent's own JavaScript client, which shares no code with ours.
//   node records.js decode URL   stdin [{topic, frame}]   stdout [value]
//   node records.js encode URL   stdin [{topic, value}]   stdout [frame]
// Frames and the values of Avro's bytes are {"base64": "..."}: JSON has no bytes of its own.

const {
  AvroDeserializer,
  AvroSerializer,
  SchemaRegistryClient,
  SerdeType,
} = require('@confluentinc/schemaregistry');

const bytesIn = (_, value) =>
  value !== null && typeof value === 'object' && typeof value.base64 === 'string'
    ? Buffer.from(value.base64, 'base64')
    : value;

// A buffer has turned itself into {type, data} before it comes here.
const bytesOut = (_, value) =>
  value !== null && typeof value === 'object' && value.type === 'Buffer' && Array.isArray(value.data)
    ? { base64: Buffer.from(value.data).toString('base64') }
    : value;

async function answers(mode, client, jobs) {
  const results = [];
  if (mode === 'decode') {
    const deserializer = new AvroDeserializer(client, SerdeType.VALUE, {});
    for (const job of jobs) {
      results.push(await deserializer.deserialize(job.topic, job.frame));
    }
  } else if (mode === 'encode') {
    const serializer = new AvroSerializer(client, SerdeType.VALUE, {
      autoRegisterSchemas: false,
      useLatestVersion: true,
    });
    for (const job of jobs) {
      results.push(await serializer.serialize(job.topic, job.value));
    }
  } else {
    throw new Error(`the first argument is decode or encode, not ${mode}`);
  }
  return results;
}

async function main() {
  const [mode, url] = process.argv.slice(2);
  const chunks = [];
  for await (const chunk of process.stdin) {
    chunks.push(chunk);
  }
  const jobs = JSON.parse(Buffer.concat(chunks).toString('utf8'), bytesIn);
  const client = new SchemaRegistryClient({ baseURLs: [url] });
  process.stdout.write(JSON.stringify(await answers(mode, client, jobs), bytesOut));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
