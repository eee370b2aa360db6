/** Who did something. A `user` may override the workflow; the others are held to it. */
export interface Actor {
  kind: ActorKind;
  /** The agent's, job's or client's name; for a user the name git knows, or `user`. */
  name: string;
}

export const actorKinds = ['user', 'agent', 'job', 'client'] as const;
export type ActorKind = (typeof actorKinds)[number];
