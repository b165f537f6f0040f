import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { DiscordState } from './discord-state.ts';

type Session = {
  id: string;
  sequence: number;
  log: { s: number; t: string; d: unknown }[];
  socket: WebSocket | undefined;
};

/** Faults of the next connections, one each: unreachable, no hello, closed with a code, session refused. */
export type GatewayFault = 'unreachable' | 'silent' | { closesWith: number } | 'invalid session';

/**
 * The gateway of the fake server: greeting, identification, resumption with what was missed, heartbeats, and the faults
 * that are scripted for the next connections.
 */
export const createDiscordGateway = (server: Server, state: DiscordState, token: string) => {
  const sockets = new WebSocketServer({ noServer: true });
  const sessions = new Map<string, Session>();
  const faults: GatewayFault[] = [];
  const starts: { op: 'identify' | 'resume'; intents: number | undefined }[] = [];
  let connections = 0;

  const send = (socket: WebSocket | undefined, payload: object): void => {
    if (socket?.readyState === socket?.OPEN) socket?.send(JSON.stringify(payload));
  };
  const dispatch = (session: Session, t: string, d: unknown): void => {
    session.sequence += 1;
    const event = { s: session.sequence, t, d };
    session.log.push(event);
    send(session.socket, { op: 0, ...event });
  };

  const identify = (socket: WebSocket): Session => {
    const session: Session = { id: randomUUID(), sequence: 0, log: [], socket };
    sessions.set(session.id, session);
    const { port } = server.address() as { port: number };
    dispatch(session, 'READY', {
      ...{ v: 10, user: state.bot, session_id: session.id, guilds: [{ id: state.guild.id, unavailable: true }] },
      resume_gateway_url: `ws://127.0.0.1:${port}/gateway`,
      application: { id: state.application, flags: 0 },
    });
    const all = [...state.channels.values()];
    dispatch(session, 'GUILD_CREATE', {
      ...{ ...state.guild, unavailable: false, members: [], channels: all.filter(({ type }) => type === 0) },
      // Here, Discord leaves out the server's id.
      threads: all.filter(({ type }) => type === 11).map(({ guild_id: _, ...thread }) => thread),
    });
    return session;
  };

  sockets.on('connection', (socket: WebSocket) => {
    connections += 1;
    const fault = faults.shift();
    if (fault === 'silent') return;
    if (typeof fault === 'object') {
      socket.close(fault.closesWith);
      return;
    }
    send(socket, { op: 10, d: { heartbeat_interval: 45_000 } });
    socket.on('message', (raw) => {
      const { op, d } = JSON.parse(String(raw));
      if (op === 1) send(socket, { op: 11 });
      if (op !== 2 && op !== 6) return;
      starts.push({ op: op === 2 ? 'identify' : 'resume', intents: d.intents });
      if (d.token !== token) return socket.close(4004);
      if (op === 2) return void identify(socket);
      const session = sessions.get(d.session_id);
      if (!session || fault === 'invalid session') {
        sessions.delete(d.session_id);
        return send(socket, { op: 9, d: false });
      }
      session.socket = socket;
      for (const event of session.log.filter(({ s }) => s > d.seq)) send(socket, { op: 0, ...event });
      dispatch(session, 'RESUMED', {});
    });
  });

  server.on('upgrade', (request, socket, head) => {
    if (faults[0] === 'unreachable') {
      faults.shift();
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit('connection', ws, request));
  });

  return {
    starts,
    faults,
    connections: (): number => connections,
    open: (): number => sockets.clients.size,
    /** Sends to every session. One with a broken connection receives it when it resumes. */
    broadcast(t: string, d: unknown): void {
      for (const session of sessions.values()) dispatch(session, t, d);
    },
    askToReconnect(): void {
      for (const { socket } of sessions.values()) send(socket, { op: 7, d: null });
    },
    /** Closes every connection with a code, or breaks it without one. */
    drop(code?: number): void {
      for (const socket of sockets.clients) {
        if (code === undefined) socket.terminate();
        else socket.close(code);
      }
    },
    close(): void {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
};
