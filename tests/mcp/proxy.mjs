// A loopback proxy that adds the credential, for clients that can't send one.
// Everything else passes as it is, the Host and Origin headers among it.
//
//   node proxy.mjs http://127.0.0.1:PORT   (the key is in MCP_KEY)
//
// It prints its own URL once it listens.
import http from 'node:http';

const target = new URL(process.argv[2]);
const authorization = `Bearer ${process.env.MCP_KEY}`;

const server = http.createServer((incoming, outgoing) => {
  const headers = { ...incoming.headers, authorization };
  // A client that names this proxy means the server behind it.
  if (headers.host === `127.0.0.1:${server.address().port}`) headers.host = target.host;
  const { hostname, port } = target;
  const options = { hostname, port, path: incoming.url, method: incoming.method, headers };
  const onward = http.request(options, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
