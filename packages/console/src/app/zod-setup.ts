import { z } from 'zod';

// zod tries whether it may compile code. The page's policy forbids that and reports the attempt.
z.config({ jitless: true });
