// ImapFlow beside imapxx.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync, openSync, writeSync } from 'node:fs';

const { ImapFlow } = createRequire(process.env.IMAPXX_PEERS_NODE + '/')('imapflow');
const [port, work, tls, messages] = [Number(process.argv[2]), process.argv[3], process.argv[4] === '1', Number(process.argv[5])];
const kib = (key) => Number(readFileSync('/proc/self/status', 'ascii').match(new RegExp('^' + key + '\\s*(\\d+)', 'm'))[1]);
const cpu = () => process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000;

if (work === 'base64') process.exit(77); // nothing is decoded on the way
const client = new ImapFlow({
  host: '127.0.0.1', port, secure: tls, auth: { user: 'a', pass: 'b' }, logger: false, disableAutoIdle: true,
  doSTARTTLS: false, tls: { rejectUnauthorized: false }
});
await client.connect();
await client.mailboxOpen('INBOX', { readOnly: true });
const query = {
  flags: { uid: true, flags: true },
  envelopes: { envelope: true, bodyStructure: true, internalDate: true, size: true }
}[work] ?? { source: true };

const idle = kib('VmRSS:');
writeFileSync('/proc/self/clear_refs', '5');
const used = cpu(), start = performance.now();
let count = 0;
if (work === 'search') {
  count = (await client.search({ all: true }, { uid: true })).length;
} else {
  const target = work === 'literal' ? openSync('/dev/shm/imapxx-bench', 'w') : -1;
  for await (const message of client.fetch('1:*', query, { uid: true })) {
    if (target >= 0) count += writeSync(target, message.source) / (1 << 20);
    else ++count;
  }
}
const wall = performance.now() - start;
if (count !== messages) {
  console.error(`${count} answers, not ${messages}`);
  process.exit(1);
}
console.log(wall, cpu() - used, (kib('VmHWM:') - idle) / 1024);
process.exit(0);
