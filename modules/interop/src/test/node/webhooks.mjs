// Verifies webhooks with the public libraries, which share no code with ours.
//   node webhooks.mjs   stdin [{secret, headers, body}]   stdout [{standardwebhooks, svix}]
import { readFileSync } from 'node:fs';
import { Webhook as Standard } from 'standardwebhooks';
import { Webhook as Svix } from 'svix';

const verdict = (Library, { secret, headers, body }) => {
  try {
    new Library(secret).verify(body, headers);
    return 'verified';
  } catch (refused) {
    return `refused: ${refused.message}`;
  }
};

const requests = JSON.parse(readFileSync(0, 'utf8'));
console.log(
  JSON.stringify(
    requests.map((request) => ({
      standardwebhooks: verdict(Standard, request),
      svix: verdict(Svix, request),
    })),
  ),
);
