import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Visit } from './ports.ts';

/** Answers one request that came through all gates, to the end: when it settles the answer was sent or is being sent. What it throws is answered as a failure. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse, visit: Visit) => Promise<void>;
