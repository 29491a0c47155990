import { frame } from './fr/frame.ts';

export const fr = { ...frame } as const;
