import { connect } from 'node:net';

const patienceMs = 3_000;

/** Whether a TCP connection to the host of an address comes about within three seconds; nothing is sent over it. */
export const isReachable = (url: string): Promise<boolean> => {
  const { hostname, port, protocol } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (protocol === 'http:' ? 80 : 443),
    });
    const end = (reached: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reached);
    };
    const timer = setTimeout(() => end(false), patienceMs);
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
};
