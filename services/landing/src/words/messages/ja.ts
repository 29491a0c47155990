import { frame } from './ja/frame.ts';

export const ja = { ...frame } as const;
