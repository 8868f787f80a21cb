/**
 * What the disk and sockets allow a server that does nothing else: it writes each request that comes into a preallocated file, with a write that returns when the disk has
 * it, and answers. `node bench/bare-server.ts FILE` tells its port on standard output.
 */
import * as fs from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { makePackage, PackageParser, PackageType } from '../src/server/framing.ts';

const SIZE = 1 << 24;
const [, , path = ''] = process.argv;
fs.writeFileSync(path, new Uint8Array(SIZE), { flush: true });
const fd = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_DSYNC);
const answer = makePackage(PackageType.OK, 1, new Uint8Array(0));
let at = 0;

const server = createServer({ noDelay: true }, (socket) => {
  const parser = new PackageParser({
    onPackage: (_type, _id, bytes, start, end) => {
      if (at + end - start > SIZE) at = 0;
      fs.writeSync(fd, bytes, start, end - start, at);
      at += end - start;
      socket.write(answer);
      return true;
    },
  });
  socket.on('data', (chunk: Buffer) => parser.feed(chunk));
  socket.on('error', () => undefined);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
