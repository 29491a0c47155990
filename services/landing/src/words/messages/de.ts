import { frame } from './de/frame.ts';

export const de = { ...frame } as const;
