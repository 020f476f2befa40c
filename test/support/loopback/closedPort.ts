import { once } from 'node:events';
import net from 'node:net';

export interface ClosedPort {
  readonly port: number;
  /** Gives the port back. */
  close(): Promise<void>;
}

/**
 * A port of this machine at which nothing answers, whatever else goes on here: it is one end of a
 * connection, so that no other program is given it.
 */
export async function reserveClosedPort(): Promise<ClosedPort> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: other } = server.address() as net.AddressInfo;
  const socket = net.connect(other, '127.0.0.1');
  await once(socket, 'connect');
  return {
    port: socket.localPort ?? 0,
    close: async () => {
      socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
