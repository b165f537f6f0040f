import { Hono } from 'hono';
import { errorText } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Access } from './access.ts';

/** How the bot is, as whoever may read the pages is told, and as everybody else is. */
export type HealthAnswer = { isReady: boolean; full: object; brief: object };

export type MonitoringParts = {
  access: Access;
  logger: Logger;
  /** @throws where it is not well. */
  health(): Promise<HealthAnswer>;
  metrics: { contentType: string; read(): Promise<string> };
};

/** `/healthz` and `/metrics`, for the systems that watch over it: see docs/monitoring.md. */
export const createMonitoring = ({ access, logger, health, metrics }: MonitoringParts): Hono => {
  const app = new Hono();

  app.get('/healthz', async (context) => {
    context.header('cache-control', 'no-store');
    try {
      const { isReady, full, brief } = await health();
      return context.json(access.of(context.req.raw).mayRead ? full : brief, isReady ? 200 : 503);
    } catch (error) {
      logger.error({ reason: errorText(error) }, 'not healthy');
      return context.json({ status: 'failing' }, 503);
    }
  });

  app.get('/metrics', async (context) => {
    const visitor = access.of(context.req.raw);
    if (!visitor.mayRead) return access.refusal(visitor, context.req.raw);
    return context.body(await metrics.read(), 200, {
      'content-type': metrics.contentType,
      'cache-control': 'no-store',
    });
  });

  return app;
};
