import { frame } from './es/frame.ts';

export const es = { ...frame } as const;
