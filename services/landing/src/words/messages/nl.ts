import { frame } from './nl/frame.ts';

export const nl = { ...frame } as const;
