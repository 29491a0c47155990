import { config } from 'zod/mini';

// zod tries whether it may compile code. The page's policy forbids that and reports the attempt.
config({ jitless: true });
