import net from 'node:net';

/** Attempted connections to other machines. */
export interface Connections {
  /** Hosts of the attempted connections. */
  readonly hosts: string[];
  onAttempt: () => void;
  restore(): void;
}

/** Blocks connections to other machines and records each attempt. */
export function watchConnections(): Connections {
  const { prototype } = net.Socket;
  const original = prototype.connect;
  const connections: Connections = {
    hosts: [],
    onAttempt: () => undefined,
    restore: () => {
      prototype.connect = original;
    },
  };
  function connect(this: net.Socket, ...args: readonly unknown[]): net.Socket {
    const [first] = args;
    const { host } = (Array.isArray(first) ? first[0] : first) as { readonly host?: string };
    if (host === undefined || /^(?:localhost|127\.[\d.]+|::1|::ffff:7f.*)$/.test(host)) {
      return Reflect.apply(original, this, args) as net.Socket;
    }
    connections.hosts.push(host);
    connections.onAttempt();
    const error = Object.assign(new Error(`No way to ${host}`), { code: 'EHOSTUNREACH' });
    setImmediate(() => this.destroy(error));
    return this;
  }
  prototype.connect = connect as typeof original;
  return connections;
}
