import { once } from 'node:events';
import net from 'node:net';

/** A port that is reserved so that nothing answers at it. */
export interface ClosedPort {
  readonly port: number;
  /** Releases the port. */
  close(): Promise<void>;
}

/**
 * A local port at which nothing ever answers. It is one end of a connection, so no other program
 * gets it.
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
